// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.dfdaemon;

import io.dragonfly.peer.PeerEnvironment;

import java.util.Map;
import java.util.function.LongSupplier;

/// Where time and the process environment enter the daemon.
///
/// @param variables environment variables
/// @param nanoTime monotonic clock
/// @param peer the engine's own
public record DaemonEnvironment(
        Map<String, String> variables, LongSupplier nanoTime, PeerEnvironment peer) {
    public static DaemonEnvironment system() {
        return new DaemonEnvironment(System.getenv(), System::nanoTime, PeerEnvironment.system());
    }
}
