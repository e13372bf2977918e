// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.proxy;

import io.dragonfly.core.model.Digest;
import io.dragonfly.core.model.TaskSpec;
import io.dragonfly.core.model.Validators;
import io.dragonfly.origin.OriginClient;
import io.dragonfly.origin.OriginRequest;
import io.dragonfly.origin.OriginResponse;
import io.dragonfly.peer.Download;
import io.dragonfly.peer.DownloadStatus;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// Brings an answer to its end from the upstream, where the swarm broke off midway. The bytes that
/// the client has already must be of the same content: that is sure where a digest names it, or a
/// strong ETag. A digest is checked before the last byte leaves. Thread-safe.
final class Rescue {
    private static final int CHUNK = 64 << 10;

    private final OriginClient origin;
    private final ProxyMeter meter;

    /// What is left to send.
    ///
    /// @param bytes that the client is to have in all
    /// @param position of the next one
    record Rest(TaskSpec spec, DownloadStatus status, ByteRange.Part bytes, long position) {
        boolean whole() {
            return bytes.first() == 0 && bytes.end() == status.length();
        }
    }

    Rescue(OriginClient origin, ProxyMeter meter) {
        this.origin = origin;
        this.meter = meter;
    }

    /// @throws IOException where that is not possible: then the connection must be cut
    void finish(ClientExchange exchange, Download download, Rest rest) throws IOException {
        Digest wanted = rest.spec().digest();
        Validators version = new Validators(rest.status().etag(), rest.status().lastModified());
        if (wanted == null && !version.strong()) {
            throw new IOException("nothing says that the upstream still has the same content");
        }
        MessageDigest digest =
                wanted != null && rest.whole() ? begun(wanted, download, rest) : null;
        boolean toEnd = rest.bytes().end() == rest.status().length();
        meter.upstream(ProxyMeter.Asked.BLOB);
        OriginRequest request =
                new OriginRequest(
                        rest.spec(),
                        rest.position(),
                        toEnd ? -1 : rest.bytes().end(),
                        wanted == null ? version : null,
                        null);
        try (OriginResponse response = origin.open(request)) {
            long length = response.contentLength();
            boolean other = wanted == null && response.firstByte() != rest.position();
            if (other || (length >= 0 && length != rest.status().length())) {
                throw new IOException("the upstream has another content now");
            }
            InputStream in = response.body();
            in.skipNBytes(rest.position() - response.firstByte());
            send(exchange, rest, in, digest);
        }
        exchange.answered(ProxyMeter.Answer.RESCUED);
    }

    private void send(
            ClientExchange exchange, Rest rest, InputStream in, @Nullable MessageDigest digest)
            throws IOException {
        byte[] chunk = new byte[CHUNK];
        long left = rest.bytes().end() - rest.position();
        while (left > 0) {
            int count = in.read(chunk, 0, (int) Math.min(chunk.length, left));
            if (count < 0) {
                throw new IOException("the upstream's answer ended " + left + " bytes too early");
            }
            left -= count;
            if (digest != null) {
                digest.update(chunk, 0, count);
                check(left, digest, rest.spec().digest());
            }
            exchange.write(chunk, count, left == 0);
            meter.bytes(true, count);
        }
    }

    private static void check(long left, MessageDigest digest, @Nullable Digest wanted)
            throws IOException {
        if (left == 0
                && wanted != null
                && !HexFormat.of().formatHex(digest.digest()).equals(wanted.hex())) {
            throw new IOException("the content is not what its digest says");
        }
    }

    /// The digest of what the client has already, taken from the store.
    private static MessageDigest begun(Digest wanted, Download download, Rest rest)
            throws IOException {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance(wanted.algorithm().jcaName());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has " + wanted.algorithm(), e);
        }
        byte[] chunk = new byte[CHUNK];
        try (InputStream sent = download.openVerified()) {
            long left = rest.position();
            while (left > 0) {
                int count = sent.read(chunk, 0, (int) Math.min(chunk.length, left));
                if (count < 0) {
                    throw new IOException("what was sent is not in the store any more");
                }
                digest.update(chunk, 0, count);
                left -= count;
            }
        }
        return digest;
    }
}
