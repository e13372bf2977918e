// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.sim.engine;

/// Something happened that never may. The run ends there.
public final class BrokenInvariant extends RuntimeException {
    private static final long serialVersionUID = 1;

    public BrokenInvariant(String what) {
        super(what);
    }

    /// @throws BrokenInvariant where the condition does not hold
    public static void unless(boolean holds, String format, Object... arguments) {
        if (!holds) {
            throw new BrokenInvariant(format.formatted(arguments));
        }
    }
}
