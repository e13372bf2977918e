// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.core.model;

/// How an origin names a version of its content; empty strings for what it did not say.
///
/// @param etag the ETag as sent, quotes and weakness mark included
/// @param lastModified the Last-Modified header as sent
public record Validators(String etag, String lastModified) {
    public static final Validators NONE = new Validators("", "");

    /// Whether ranges of two responses may be stitched together.
    public boolean strong() {
        return etag.startsWith("\"");
    }
}
