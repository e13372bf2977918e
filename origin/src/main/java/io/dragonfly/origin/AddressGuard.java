// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.origin;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.Set;

/// Says which addresses an origin may have. Asked for the resolved address of every hop of a request,
/// so that neither a redirect nor a DNS name leads to where it must not. A proxy's address is not
/// asked for; behind a proxy the proxy resolves the name and has to guard.
@FunctionalInterface
public interface AddressGuard {
    /// Refuses link-local, multicast and the clouds' metadata addresses. Always applied.
    AddressGuard STANDARD = AddressGuard::standard;

    /// Refuses also loopback: for a daemon that others reach.
    AddressGuard NO_LOOPBACK =
            address ->
                    address.isLoopbackAddress() || address.isAnyLocalAddress()
                            ? Optional.of("a loopback address")
                            : standard(address);

    /// Why this address is refused, in words that follow "is"; empty where it is allowed.
    Optional<String> refusal(InetAddress address);

    /// Refuses what either refuses.
    default AddressGuard and(AddressGuard other) {
        return address -> refusal(address).or(() -> other.refusal(address));
    }

    private static Optional<String> standard(InetAddress address) {
        if (address.isLinkLocalAddress()) {
            return Optional.of("a link-local address");
        }
        if (address.isMulticastAddress()) {
            return Optional.of("a multicast address");
        }
        // The metadata services that are not link-local: Alibaba Cloud, AWS over IPv6.
        Set<InetAddress> metadata =
                Set.of(
                        literal(new byte[] {100, 100, 100, (byte) 200}),
                        literal(
                                new byte[] {
                                    (byte) 0xfd, 0, 0x0e, (byte) 0xc2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2,
                                    0x54
                                }));
        return metadata.contains(address)
                ? Optional.of("a cloud's metadata address")
                : Optional.empty();
    }

    private static InetAddress literal(byte[] bytes) {
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("4 or 16 bytes are an address", e);
        }
    }
}
