// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.cli;

import io.dragonfly.core.limits.ByteRate;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// Bytes per second as [ByteRate] reads them; 0 means no limit.
public final class ByteRateConverter implements ITypeConverter<Long> {
    @Override
    public Long convert(String text) {
        try {
            return ByteRate.parse(text).bytesPerSecond();
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(e.getMessage());
        }
    }
}
