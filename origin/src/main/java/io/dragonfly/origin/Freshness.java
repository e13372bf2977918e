// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.origin;

/// What the origin allows a cache to do (RFC 9111), reduced to what a supernode needs.
///
/// @param maxAgeSeconds how long the answer is fresh from now on; 0 means ask again
/// @param mustNotShare `private`, `no-store` or `Vary: *`: not to be given to others than the asker
public record Freshness(long maxAgeSeconds, boolean mustNotShare) {
    public static final Freshness ASK_AGAIN = new Freshness(0, false);
}
