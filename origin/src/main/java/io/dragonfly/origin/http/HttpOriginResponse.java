// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.origin.http;

import io.dragonfly.core.model.Validators;
import io.dragonfly.origin.Freshness;
import io.dragonfly.origin.OriginResponse;

import java.io.InputStream;

/// An answer whose head was found consistent.
///
/// @param onClose gives back what the answer holds; called once or more
record HttpOriginResponse(
        boolean notModified,
        long firstByte,
        long bodyLength,
        long contentLength,
        boolean acceptsRanges,
        Validators validators,
        String contentType,
        Freshness freshness,
        String servedFrom,
        InputStream body,
        Runnable onClose)
        implements OriginResponse {
    @Override
    public void close() {
        onClose.run();
    }
}
