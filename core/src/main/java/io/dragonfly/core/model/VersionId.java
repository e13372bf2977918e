// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.core.model;

/// Names one version of a content: what is distributed. 16 bytes as 32 lower-case hex digits;
/// derived from a strong validator and the length, or random where the origin gives neither.
public record VersionId(String hex) {
    public VersionId {
        Hex.require(hex, 32, "version id");
    }

    @Override
    public String toString() {
        return hex;
    }
}
