// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.origin;

import java.io.Closeable;
import java.util.Set;

/// Reads content of some URL schemes. Thread-safe. Found by [java.util.ServiceLoader] through
/// [OriginProvider].
public interface OriginClient extends Closeable {
    /// Lower-case URL schemes.
    Set<String> schemes();

    /// Sends one request and waits for the answer's head. Follows redirects (http and https only,
    /// credentials dropped when the host changes, at most 10), does not retry.
    ///
    /// @throws OriginException where there is no usable answer; says whether a retry may help
    OriginResponse open(OriginRequest request) throws OriginException;

    /// Ends all answers that are still open. Closing twice does nothing.
    @Override
    void close();
}
