// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

import java.time.Duration;

/// Durations as people write them: `10s`, `5m`, `1h30m`, `500ms`, or plain seconds.
public final class DurationConverter implements ITypeConverter<Duration> {
    private static final long MAX_MILLIS = Duration.ofDays(3650).toMillis();

    @Override
    public Duration convert(String text) {
        try {
            return parse(text);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(e.getMessage());
        }
    }

    /// @throws IllegalArgumentException with a message for users
    public static Duration parse(String text) {
        String rest = text.strip();
        long millis = 0;
        int at = 0;
        boolean valid = !rest.isEmpty();
        while (valid && at < rest.length()) {
            int unit = at;
            while (unit < rest.length() && isDigit(rest.charAt(unit))) {
                unit++;
            }
            int end = unit;
            while (end < rest.length() && !isDigit(rest.charAt(end))) {
                end++;
            }
            long scale = scale(rest.substring(unit, end), at == 0);
            valid = unit > at && unit - at <= 12 && scale > 0;
            if (valid) {
                millis += Long.parseLong(rest.substring(at, unit)) * scale;
                valid = millis <= MAX_MILLIS;
            }
            at = end;
        }
        if (!valid) {
            throw new IllegalArgumentException(
                    "'" + text + "' is not a duration: write 10s, 5m, 1h or plain seconds");
        }
        return Duration.ofMillis(millis);
    }

    /// The shortest form that [#parse] reads.
    public static String text(Duration duration) {
        long millis = duration.toMillis();
        if (millis % 1000 != 0) {
            return millis + "ms";
        }
        long seconds = millis / 1000;
        if (seconds == 0 || seconds % 60 != 0) {
            return seconds + "s";
        }
        return seconds % 3600 == 0 ? seconds / 3600 + "h" : seconds / 60 + "m";
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static long scale(String unit, boolean first) {
        return switch (unit) {
            case "ms" -> 1;
            case "s" -> 1000;
            case "m" -> 60_000;
            case "h" -> 3_600_000;
            case "d" -> 86_400_000;
            case "" -> first ? 1000 : 0;
            default -> 0;
        };
    }
}
