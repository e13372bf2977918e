// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.origin;

/// What the origin allows a cache to do (RFC 9111), reduced to what a supernode needs.
///
/// @param maxAgeSeconds how long the answer is fresh from now on; 0 means ask again
/// @param mustNotShare `private`, `no-store`, `Vary: *` or `Vary` on credentials that were sent:
///   not to be given to others than those with the asker's credentials
public record Freshness(long maxAgeSeconds, boolean mustNotShare) {
    public static final Freshness ASK_AGAIN = new Freshness(0, false);
}
