// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.origin;

import java.util.List;

/// What an operator says of the addresses that origins may have. Link-local and metadata addresses
/// are refused whatever is said here.
///
/// @param denied never read from
/// @param allowed only these are read from; empty: all others
public record OriginRules(Loopback loopback, List<Network> denied, List<Network> allowed) {
    /// Whether URLs may lead to this machine's own loopback addresses. A redirect from elsewhere
    /// never may.
    public enum Loopback {
        NEVER,
        /// Where the URL says so: by the address, or as `localhost`.
        NAMED,
        /// Also where a name resolves to one.
        ANY
    }

    /// For a daemon of one user.
    public static final OriginRules DEFAULT = new OriginRules(Loopback.NAMED, List.of(), List.of());

    public OriginRules {
        denied = List.copyOf(denied);
        allowed = List.copyOf(allowed);
    }

    /// Without the rule for loopback, which needs to know the way that led to an address.
    public AddressGuard guard() {
        return AddressGuard.STANDARD.and(AddressGuard.lists(denied, allowed));
    }
}
