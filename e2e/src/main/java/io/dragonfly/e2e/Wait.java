// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.e2e;

import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/// Waiting for what other processes do. They send no event, so this asks again and again; it is the
/// only place in these tests that pauses.
public final class Wait {
    private static final long PAUSE_MILLIS = 20;

    private Wait() {}

    /// Waits until the condition holds.
    ///
    /// @param what for the failure: what was waited for, and where to look
    public static void until(String what, Duration limit, BooleanSupplier condition) {
        var _ =
                value(
                        what,
                        limit,
                        () -> condition.getAsBoolean() ? Optional.of(true) : Optional.empty());
    }

    /// Lets time pass, where the time itself is what is tested: something stands still for so long.
    public static void pass(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        until("the end of the pause", time.plusMinutes(1), () -> System.nanoTime() - end >= 0);
    }

    /// Waits until there is a value.
    public static <T> T value(String what, Duration limit, Supplier<Optional<T>> source) {
        long end = System.nanoTime() + limit.toNanos();
        while (true) {
            Optional<T> value = source.get();
            if (value.isPresent()) {
                return value.get();
            }
            if (System.nanoTime() - end > 0) {
                throw new AssertionError("not within " + limit.toSeconds() + " s: " + what);
            }
            try {
                Thread.sleep(PAUSE_MILLIS);
            } catch (InterruptedException e) {
                throw new IllegalStateException("nobody interrupts here", e);
            }
        }
    }
}
