// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.core.limits;

import io.dragonfly.core.model.Check;

/// A rate as people write it: `20M`, `1G`, `512K`, `100MB`, `64k`, or plain bytes per second. The
/// units are powers of 1024, as in Dragonfly v1.
///
/// @param bytesPerSecond 0 = unlimited
public record ByteRate(long bytesPerSecond) {
    /// No limit.
    public static final ByteRate UNLIMITED = new ByteRate(0);

    public ByteRate {
        Check.argument(bytesPerSecond >= 0, "a rate must be >= 0: %d", bytesPerSecond);
    }

    /// Reads a rate.
    ///
    /// By hand: a pattern would be measurable in the start of dfget.
    ///
    /// @throws IllegalArgumentException where the text is none; the message says what would be one
    public static ByteRate parse(String text) {
        String number = text.strip();
        int end = number.length();
        if (end > 0 && "bB".indexOf(number.charAt(end - 1)) >= 0) {
            end--;
        }
        long unit = end == 0 ? 1 : unit(number.substring(end - 1, end));
        if (unit > 1) {
            end--;
        }
        boolean digits = end > 0;
        for (int i = 0; i < end && digits; i++) {
            digits = number.charAt(i) >= '0' && number.charAt(i) <= '9';
        }
        Check.argument(
                digits,
                "not a rate: '%s' (write bytes per second, or a number with K, M or G, like 20M;"
                        + " 0 = unlimited)",
                text);
        try {
            return new ByteRate(Math.multiplyExact(Long.parseLong(number.substring(0, end)), unit));
        } catch (NumberFormatException | ArithmeticException e) {
            throw new IllegalArgumentException("a rate too large to count: '" + text + "'", e);
        }
    }

    private static long unit(String letter) {
        return switch (letter) {
            case "k", "K" -> 1L << 10;
            case "m", "M" -> 1L << 20;
            case "g", "G" -> 1L << 30;
            default -> 1;
        };
    }

    public boolean unlimited() {
        return bytesPerSecond == 0;
    }

    /// The shortest text that [#parse] reads as this rate.
    @Override
    public String toString() {
        for (String letter : new String[] {"G", "M", "K"}) {
            long unit = unit(letter);
            if (bytesPerSecond != 0 && bytesPerSecond % unit == 0) {
                return bytesPerSecond / unit + letter;
            }
        }
        return Long.toString(bytesPerSecond);
    }
}
