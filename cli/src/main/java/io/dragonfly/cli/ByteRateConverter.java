// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// Bytes per second as v1 wrote them: `20M`, `1G`, `512KB`, `1000` (plain bytes). Units are powers
/// of 1024; 0 means no limit.
public final class ByteRateConverter implements ITypeConverter<Long> {
    @Override
    public Long convert(String text) {
        try {
            return parse(text);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(e.getMessage());
        }
    }

    /// @throws IllegalArgumentException with a message for users
    public static long parse(String text) {
        String number = text.strip();
        if (number.endsWith("B") || number.endsWith("b")) {
            number = number.substring(0, number.length() - 1);
        }
        int shift = number.isEmpty() ? 0 : shift(number.charAt(number.length() - 1));
        if (shift > 0) {
            number = number.substring(0, number.length() - 1);
        }
        long value = number.isEmpty() ? -1 : 0;
        for (int i = 0; i < number.length() && value >= 0; i++) {
            int digit = number.charAt(i) - '0';
            boolean fits = digit >= 0 && digit <= 9 && value < (Long.MAX_VALUE >> (shift + 4));
            value = fits ? value * 10 + digit : -1;
        }
        if (value < 0) {
            throw new IllegalArgumentException(
                    "'" + text + "' is not a rate: write bytes per second such as 20M, 1G or 512K");
        }
        return value << shift;
    }

    private static int shift(char unit) {
        return switch (unit) {
            case 'k', 'K' -> 10;
            case 'm', 'M' -> 20;
            case 'g', 'G' -> 30;
            default -> 0;
        };
    }
}
