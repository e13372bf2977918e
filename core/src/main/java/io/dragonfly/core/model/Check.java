// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.core.model;

/// Assertions that stay on in production. A failed check is a bug of ours, never bad input.
public final class Check {
    private Check() {}

    /// Throws [IllegalStateException] with the formatted message unless `condition` holds.
    public static void that(boolean condition, String format, Object... args) {
        if (!condition) {
            throw new IllegalStateException(String.format(format, args));
        }
    }

    /// Throws [IllegalArgumentException] with the formatted message unless `condition` holds.
    public static void argument(boolean condition, String format, Object... args) {
        if (!condition) {
            throw new IllegalArgumentException(String.format(format, args));
        }
    }
}
