// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.core.model;

/// Checks for lower-case hexadecimal names.
final class Hex {
    private Hex() {}

    static void require(String hex, int length, String what) {
        Check.argument(hex.length() == length, "%s must have %d hex digits: %s", what, length, hex);
        for (int i = 0; i < length; i++) {
            char c = hex.charAt(i);
            boolean digit = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
            Check.argument(digit, "%s must be lower-case hex: %s", what, hex);
        }
    }
}
