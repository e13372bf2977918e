// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.peer;

import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/// Where time, randomness and the process environment enter the engine.
///
/// @param nanoTime monotonic, nanoseconds
/// @param clock wall clock
/// @param random for waits, ids and secrets; thread-safe and unpredictable in production
/// @param variables environment variables (proxies)
public record PeerEnvironment(
        LongSupplier nanoTime,
        InstantSource clock,
        RandomGenerator random,
        Map<String, String> variables) {
    public static PeerEnvironment system() {
        return new PeerEnvironment(
                System::nanoTime, InstantSource.system(), new SecureRandom(), System.getenv());
    }
}
