// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.origin;

import io.dragonfly.core.model.Validators;

import java.io.Closeable;
import java.io.InputStream;

/// The head of an origin's answer, and its body as a stream. Not thread-safe. Closing ends the
/// connection if the body was not read to its end.
public interface OriginResponse extends Closeable {
    /// The origin said that the version of `ifChanged` still holds; there is no body.
    boolean notModified();

    /// First byte of the body within the whole content.
    long firstByte();

    /// Bytes of this body, -1 where the origin does not say.
    long bodyLength();

    /// Bytes of the whole content, -1 where the origin does not say.
    long contentLength();

    /// Whether ranges can be asked for.
    boolean acceptsRanges();

    Validators validators();

    /// Content-Type as sent, or empty.
    String contentType();

    Freshness freshness();

    /// Scheme, host and port that the body comes from, after all redirects; empty for what has
    /// none.
    default String servedFrom() {
        return "";
    }

    /// The body. Reading fails with an [OriginException] where it ends before `bodyLength`.
    InputStream body();

    @Override
    void close();
}
