// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.core.model;

/// The random 128-bit key of one version: who shows it may fetch pieces of the version. 32
/// lower-case hex digits; never printed.
public record Secret(String hex) {
    public Secret {
        Hex.require(hex, 32, "secret");
    }

    @Override
    public String toString() {
        return "Secret[***]";
    }
}
