// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.origin.testing;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;

/// What a test origin serves. The array is shared, not copied: nobody changes it.
public final class Content {
    public static final String A_DATE = "Mon, 02 Nov 2026 10:00:00 GMT";

    private final byte[] bytes;
    private final String etag;
    private final String lastModified;
    private final List<String> headers;

    /// @param etag with quotes, or empty for none
    /// @param lastModified an HTTP date, or empty for none
    public Content(byte[] bytes, String etag, String lastModified) {
        this(bytes, etag, lastModified, List.of());
    }

    private Content(byte[] bytes, String etag, String lastModified, List<String> headers) {
        this.headers = headers;
        this.bytes = bytes;
        this.etag = etag;
        this.lastModified = lastModified;
    }

    /// Random bytes with a strong ETag; equal arguments give equal contents.
    public static Content random(long seed, int length) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return new Content(bytes, "\"v" + seed + "-" + length + "\"", A_DATE);
    }

    public byte[] bytes() {
        return bytes;
    }

    public String etag() {
        return etag;
    }

    public String lastModified() {
        return lastModified;
    }

    public Content withEtag(String newEtag) {
        return new Content(bytes, newEtag, lastModified);
    }

    /// With one more line in the head of each answer, like `Cache-Control: private`.
    public Content withHeader(String line) {
        return new Content(bytes, etag, lastModified, List.of(line));
    }

    List<String> headers() {
        return headers;
    }

    public Content withoutValidators() {
        return new Content(bytes, "", "");
    }

    public String sha256() {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
