// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.origin;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Says which addresses an origin may have. Asked for the resolved address of every hop of a
/// request, so that neither a redirect nor a DNS name leads to where it must not. A proxy's address
/// is not asked for; behind a proxy the proxy resolves the name and has to guard.
///
/// An IPv6 address that stands for an IPv4 address (NAT64, 6to4, Teredo, mapped, compatible) is
/// judged as both.
@FunctionalInterface
public interface AddressGuard {
    /// Refuses link-local, multicast and the clouds' metadata addresses. Always applied.
    AddressGuard STANDARD = both(AddressGuard::standard);

    /// Refuses also loopback: for a daemon that others reach.
    AddressGuard NO_LOOPBACK =
            STANDARD.and(
                    both(address ->
                            loopback(address)
                                    ? Optional.of("a loopback address")
                                    : Optional.empty()));

    /// Why this address is refused, in words that follow "is"; empty where it is allowed.
    Optional<String> refusal(InetAddress address);

    /// Refuses what either refuses.
    default AddressGuard and(AddressGuard other) {
        return address -> refusal(address).or(() -> other.refusal(address));
    }

    /// What an operator's lists say.
    ///
    /// @param denied never
    /// @param allowed only these; empty: all that are not denied
    static AddressGuard lists(List<Network> denied, List<Network> allowed) {
        List<Network> never = List.copyOf(denied);
        List<Network> only = List.copyOf(allowed);
        return both(address ->
                        never.stream().anyMatch(n -> n.contains(address))
                                ? Optional.of("an address that --deny-origins forbids")
                                : Optional.empty())
                .and(address ->
                        only.isEmpty() || only.stream().anyMatch(n -> n.contains(address))
                                ? Optional.empty()
                                : Optional.of("not one of the addresses of --allow-origins"));
    }

    private static AddressGuard both(AddressGuard guard) {
        return address ->
                guard.refusal(address).or(() -> embedded(address).flatMap(guard::refusal));
    }

    private static boolean loopback(InetAddress address) {
        // All of 0.0.0.0/8 is "this host" to some systems.
        boolean thisNetwork = address.getAddress().length == 4 && address.getAddress()[0] == 0;
        return address.isLoopbackAddress() || address.isAnyLocalAddress() || thisNetwork;
    }

    private static Optional<String> standard(InetAddress address) {
        if (address.isLinkLocalAddress()) {
            return Optional.of("a link-local address");
        }
        if (address.isMulticastAddress()) {
            return Optional.of("a multicast address");
        }
        // The metadata services that are not link-local: Alibaba Cloud, AWS over IPv6.
        boolean metadata =
                address.equals(InetAddress.ofLiteral("100.100.100.200"))
                        || address.equals(InetAddress.ofLiteral("fd00:ec2::254"));
        return metadata ? Optional.of("a cloud's metadata address") : Optional.empty();
    }

    /// The IPv4 address that an IPv6 address stands for.
    private static Optional<InetAddress> embedded(InetAddress address) {
        byte[] b = address.getAddress();
        if (b.length != 16) {
            return Optional.empty();
        }
        boolean zeros = Arrays.equals(b, 0, 10, new byte[10], 0, 10);
        boolean mapped = zeros && (b[10] & b[11] & 0xff) == 0xff;
        boolean compatible = zeros && b[10] == 0 && b[11] == 0 && !address.isLoopbackAddress();
        boolean nat64 = starts(b, 0x00, 0x64, 0xff, 0x9b);
        if (mapped || nat64 || (compatible && !address.isAnyLocalAddress())) {
            return Optional.of(v4(b, 12, 0));
        }
        if (starts(b, 0x20, 0x02)) {
            return Optional.of(v4(b, 2, 0));
        }
        if (starts(b, 0x20, 0x01, 0, 0)) {
            return Optional.of(v4(b, 12, 0xff));
        }
        return Optional.empty();
    }

    private static boolean starts(byte[] address, int... prefix) {
        for (int i = 0; i < prefix.length; i++) {
            if ((address[i] & 0xff) != prefix[i]) {
                return false;
            }
        }
        return true;
    }

    private static InetAddress v4(byte[] address, int from, int mask) {
        byte[] four = new byte[4];
        for (int i = 0; i < 4; i++) {
            four[i] = (byte) (address[from + i] ^ mask);
        }
        try {
            return InetAddress.getByAddress(four);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("4 bytes are an address", e);
        }
    }
}
