// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.peer;

import io.dragonfly.core.model.HostPort;
import io.dragonfly.core.model.TaskSpec;
import io.dragonfly.core.protocol.FromSupernode.Refused;
import io.dragonfly.origin.Network;

import java.util.Optional;

/// Credentials leave a host only where nobody on the way can read them: over TLS, or not at all,
/// over loopback. An operator may say otherwise.
///
/// @param tls whether connections to supernodes are encrypted
/// @param plainCredentials whether the operator allows credentials on any connection
record PrivateLink(boolean tls, boolean plainCredentials) {
    /// Whether what is sent there is read by nobody else.
    boolean reaches(HostPort supernode) {
        return tls || Network.isLoopback(supernode.host());
    }

    /// Why a request must not be sent there, in the form of a supernode's answer.
    Optional<Refused> refusal(TaskSpec spec, HostPort supernode) {
        if (!spec.hasCredentials() || reaches(supernode) || plainCredentials) {
            return Optional.empty();
        }
        return Optional.of(
                new Refused(
                        0,
                        "usage",
                        "credentials are not sent to supernode "
                                + supernode
                                + " without TLS: set up TLS, read the origin directly with"
                                + " --pattern source, or start dfdaemon with --plain-credentials",
                        0,
                        false));
    }
}
