// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.origin.http;

import java.net.InetAddress;
import java.util.Optional;

/// A network of IP addresses such as `10.0.0.0/8` or `fd00::/8`.
record Network(InetAddress address, int bits) {
    /// Empty where the text is no network. A prefix longer than the address means one address.
    static Optional<Network> parse(String text) {
        int slash = text.indexOf('/');
        try {
            return Optional.of(
                    new Network(
                            InetAddress.ofLiteral(text.substring(0, slash)),
                            Integer.parseUnsignedInt(text.substring(slash + 1))));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /// Whether `literal` is an IP address in this network; names never are (they are not resolved).
    boolean contains(String literal) {
        byte[] own = address.getAddress();
        byte[] other;
        try {
            other = InetAddress.ofLiteral(literal).getAddress();
        } catch (IllegalArgumentException e) {
            return false;
        }
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
