// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.origin;

import io.dragonfly.core.model.TaskSpec;

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

    /// Asks for one byte, and follows no redirect: whether whoever asks like this may have the
    /// content. Does not retry.
    ///
    /// @throws OriginException where he may not, or there is no usable answer
    default OriginProbe probe(TaskSpec spec, Cancellation cancellation) throws OriginException {
        try (OriginResponse answer =
                open(new OriginRequest(spec, 0, 1, null, null, cancellation))) {
            return new OriginProbe.Given(answer.contentLength());
        }
    }

    /// Ends all answers that are still open. Closing twice does nothing.
    @Override
    void close();
}
