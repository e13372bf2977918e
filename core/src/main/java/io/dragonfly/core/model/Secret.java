// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.core.model;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/// The random 128-bit key of one version: who shows it may fetch pieces of the version. 32
/// lower-case hex digits; never printed.
public record Secret(String hex) {
    public Secret {
        Hex.require(hex, 32, "secret");
    }

    /// Whether somebody knows it. Takes as long for a wrong text as for a nearly right one.
    public boolean matches(String shown) {
        return sameText(hex, shown);
    }

    /// Compares what somebody shows with any secret text, in a time that does not tell where they
    /// differ.
    public static boolean sameText(String secret, String shown) {
        return MessageDigest.isEqual(
                secret.getBytes(StandardCharsets.UTF_8), shown.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public String toString() {
        return "Secret[***]";
    }
}
