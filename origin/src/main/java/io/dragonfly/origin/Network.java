// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.origin;

import java.net.InetAddress;
import java.util.Optional;

/// A network of IP addresses such as `10.0.0.0/8` or `fd00::/8`.
public record Network(InetAddress address, int bits) {
    /// Empty where the text is no network. A prefix longer than the address means one address.
    public static Optional<Network> parse(String text) {
        int slash = text.indexOf('/');
        try {
            return Optional.of(
                    new Network(
                            InetAddress.ofLiteral(text.substring(0, slash)),
                            Integer.parseUnsignedInt(text.substring(slash + 1))));
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            return Optional.empty();
        }
    }

    /// What an operator wrote: a network, or one address.
    ///
    /// @throws IllegalArgumentException with a message for users where it is neither
    public static Network ofText(String text) {
        String whole = text.contains("/") ? text : text + "/128";
        return parse(whole)
                .orElseThrow(() ->
                        new IllegalArgumentException(
                                "not a network such as 10.0.0.0/8 or fd00::/8: " + text));
    }

    /// Whether nobody but this machine is reached at a host: a loopback address, or `localhost`.
    /// Other names are not resolved.
    public static boolean isLoopback(String host) {
        if (host.equalsIgnoreCase("localhost")) {
            return true;
        }
        try {
            return InetAddress.ofLiteral(host).isLoopbackAddress();
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /// Whether `literal` is an IP address in this network; names never are (they are not resolved).
    public boolean contains(String literal) {
        try {
            return contains(InetAddress.ofLiteral(literal));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    public boolean contains(InetAddress asked) {
        byte[] own = address.getAddress();
        byte[] other = asked.getAddress();
        if (own.length != other.length) {
            return false;
        }
        for (int bit = 0; bit < Math.min(bits, own.length * 8); bit++) {
            int mask = 0x80 >> (bit % 8);
            if ((own[bit / 8] & mask) != (other[bit / 8] & mask)) {
                return false;
            }
        }
        return true;
    }
}
