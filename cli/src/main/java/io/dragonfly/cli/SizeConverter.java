// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.cli;

import io.dragonfly.core.limits.ByteRate;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// Amounts of bytes: `256M`, `4G`, `512K`, `1000` (plain bytes). Units are powers of 1024.
public final class SizeConverter implements ITypeConverter<Long> {
    @Override
    public Long convert(String text) {
        try {
            return ByteRate.parse(text).bytesPerSecond();
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(
                    "'" + text + "' is not a size: write bytes such as 256M, 4G or 512K");
        }
    }
}
