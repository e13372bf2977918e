// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.core.model;

import java.util.Locale;

/// A digest over the whole content, as the user or a registry names it: `sha256:<hex>`.
public record Digest(Algorithm algorithm, String hex) {
    /// The algorithms that a user may name. MD5 is kept for compatibility with v1.
    public enum Algorithm {
        MD5("MD5", 32),
        SHA1("SHA-1", 40),
        SHA256("SHA-256", 64),
        SHA512("SHA-512", 128);

        private final String jcaName;
        private final int hexDigits;

        Algorithm(String jcaName, int hexDigits) {
            this.jcaName = jcaName;
            this.hexDigits = hexDigits;
        }

        /// The name for `MessageDigest.getInstance`.
        public String jcaName() {
            return jcaName;
        }
    }

    public Digest {
        Hex.require(hex, algorithm.hexDigits, algorithm.jcaName() + " digest");
    }

    /// Parses `algorithm:hex` in any letter case.
    ///
    /// @throws IllegalArgumentException with a message for users
    public static Digest parse(String text) {
        int colon = text.indexOf(':');
        Check.argument(colon > 0, "a digest looks like sha256:<hex>, not: %s", text);
        String name = text.substring(0, colon).toLowerCase(Locale.ROOT).replace("-", "");
        for (Algorithm algorithm : Algorithm.values()) {
            if (algorithm.name().toLowerCase(Locale.ROOT).equals(name)) {
                return new Digest(algorithm, text.substring(colon + 1).toLowerCase(Locale.ROOT));
            }
        }
        throw new IllegalArgumentException(
                "unknown digest algorithm (md5, sha1, sha256, sha512 are known): " + text);
    }

    @Override
    public String toString() {
        return algorithm.name().toLowerCase(Locale.ROOT) + ":" + hex;
    }
}
