// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.dfget;

/// Numbers for people.
final class Units {
    private static final String[] NAMES = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};

    private Units() {}

    /// `0 B`, `1023 B`, `1.5 KiB`, `117 MiB`: three digits or so.
    static String bytes(long count) {
        int unit = 0;
        long tenths = count * 10;
        if (count > Long.MAX_VALUE / 10) {
            unit = 1;
            tenths = (count >> 10) * 10;
        }
        while (tenths >= 10_240 && unit < NAMES.length - 1) {
            tenths = (tenths + 512) >> 10;
            unit++;
        }
        String number =
                unit == 0 || tenths >= 1000
                        ? Long.toString(tenths / 10)
                        : tenths / 10 + "." + tenths % 10;
        return number + " " + NAMES[unit];
    }

    /// `9s`, `2m05s`, `1h02m`, `3d04h`.
    static String time(long seconds) {
        if (seconds < 60) {
            return seconds + "s";
        }
        if (seconds < 3600) {
            return seconds / 60 + "m" + twoDigits(seconds % 60) + "s";
        }
        if (seconds < 86_400) {
            return seconds / 3600 + "h" + twoDigits(seconds / 60 % 60) + "m";
        }
        return seconds / 86_400 + "d" + twoDigits(seconds / 3600 % 24) + "h";
    }

    /// `0.3 s`, `12.0 s`.
    static String seconds(long nanos) {
        long tenths = (nanos + 50_000_000) / 100_000_000;
        return tenths / 10 + "." + tenths % 10 + " s";
    }

    private static String twoDigits(long value) {
        return value < 10 ? "0" + value : Long.toString(value);
    }
}
