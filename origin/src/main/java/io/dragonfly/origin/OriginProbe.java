// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.origin;

/// What an origin says to somebody who asks only whether he may have something.
public sealed interface OriginProbe {
    /// He may.
    ///
    /// @param length bytes of the whole content, -1 where the origin does not say
    record Given(long length) implements OriginProbe {}

    /// He is sent on.
    ///
    /// @param place scheme, host and port of where to
    record Elsewhere(String place) implements OriginProbe {}
}
