// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.origin.file;

import io.dragonfly.core.model.Validators;
import io.dragonfly.origin.Freshness;
import io.dragonfly.origin.OriginClient;
import io.dragonfly.origin.OriginException;
import io.dragonfly.origin.OriginException.Kind;
import io.dragonfly.origin.OriginRequest;
import io.dragonfly.origin.OriginResponse;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Reads `file://` URLs: regular files below the configured directories, after all symbolic links
/// are resolved. Without configured directories there are none.
///
/// A version is named by inode, size and modification time. They are compared again when the end
/// was read: a file that is written meanwhile gives a CHANGED, never a mixture.
public final class FileOrigin implements OriginClient {
    private final List<Path> roots;
    private final Set<FileBody> open = ConcurrentHashMap.newKeySet();

    /// @param roots directories below which files may be read
    public FileOrigin(List<Path> roots) {
        this.roots = List.copyOf(roots);
    }

    @Override
    public Set<String> schemes() {
        return Set.of("file");
    }

    @Override
    public OriginResponse open(OriginRequest request) throws OriginException {
        URI url = request.spec().url();
        Path file = allowed(url);
        try {
            FileChannel channel =
                    FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
            boolean kept = false;
            try {
                FileStamp stamp = FileStamp.of(file);
                if (!stamp.regular()) {
                    throw failed(Kind.REFUSED, url, "it is not a regular file");
                }
                OriginResponse response = respond(request, file, channel, stamp);
                kept = !response.notModified();
                return response;
            } finally {
                if (!kept) {
                    channel.close();
                }
            }
        } catch (OriginException e) {
            throw e;
        } catch (IOException e) {
            throw unreadable(url, e);
        }
    }

    private OriginResponse respond(
            OriginRequest request, Path file, FileChannel channel, FileStamp stamp)
            throws OriginException, IOException {
        Validators validators = stamp.validators();
        if (validators.equals(request.ifChanged())) {
            return new FileResponse(
                    true, 0, 0, -1, validators, InputStream.nullInputStream(), () -> {});
        }
        long first = request.firstByte();
        long end = request.endByte() < 0 ? stamp.size() : Math.min(request.endByte(), stamp.size());
        boolean other = request.ifRange() != null && !validators.equals(request.ifRange());
        if (request.ranged() && other) {
            first = 0;
            end = stamp.size();
        } else if (first > 0 && first >= stamp.size()) {
            throw failed(
                    Kind.PROTOCOL, request.spec().url(), "it has only " + stamp.size() + " bytes");
        }
        FileBody body = new FileBody(file, channel, stamp, first, end, request.cancellation());
        open.add(body);
        return new FileResponse(
                false,
                first,
                end - first,
                stamp.size(),
                validators,
                body,
                () -> {
                    open.remove(body);
                    body.close();
                });
    }

    /// The real path of the file.
    private Path allowed(URI url) throws OriginException {
        boolean local =
                url.getRawAuthority() == null
                        || url.getRawAuthority().isEmpty()
                        || url.getRawAuthority().equalsIgnoreCase("localhost");
        if (!local || url.getPath() == null || !url.getPath().startsWith("/")) {
            throw failed(Kind.REFUSED, url, "it must look like file:///path");
        }
        if (roots.isEmpty()) {
            throw failed(Kind.REFUSED, url, "no directory is configured for file URLs");
        }
        try {
            Path real = Path.of(url.getPath()).toRealPath();
            for (Path root : roots) {
                if (real.startsWith(root.toRealPath())) {
                    return real;
                }
            }
        } catch (IllegalArgumentException e) {
            throw failed(Kind.REFUSED, url, "it is not a path");
        } catch (IOException e) {
            // Whether a file exists outside the roots is nobody's business: one answer for both.
            if (lexicallyBelowRoot(url)) {
                throw unreadable(url, e);
            }
        }
        throw failed(Kind.REFUSED, url, "it is not below a directory configured for file URLs");
    }

    private boolean lexicallyBelowRoot(URI url) {
        Path path = Path.of(url.getPath()).normalize();
        return roots.stream().anyMatch(r -> path.startsWith(r.toAbsolutePath().normalize()));
    }

    private static OriginException unreadable(URI url, IOException e) {
        if (e instanceof NoSuchFileException || e instanceof NotDirectoryException) {
            return failed(Kind.NOT_FOUND, url, "there is no such file");
        }
        if (e instanceof AccessDeniedException) {
            return failed(Kind.DENIED, url, "no permission to read it");
        }
        return new OriginException(
                Kind.NETWORK, "cannot read " + shown(url) + ": " + e.getMessage(), true, e);
    }

    private static OriginException failed(Kind kind, URI url, String why) {
        return new OriginException(kind, "cannot read " + shown(url) + ": " + why, false);
    }

    private static String shown(URI url) {
        return "file://" + url.getRawPath();
    }

    @Override
    public void close() {
        open.forEach(FileBody::close);
    }

    private record FileResponse(
            boolean notModified,
            long firstByte,
            long bodyLength,
            long contentLength,
            Validators validators,
            InputStream body,
            Runnable onClose)
            implements OriginResponse {
        @Override
        public boolean acceptsRanges() {
            return true;
        }

        @Override
        public String contentType() {
            return "";
        }

        @Override
        public Freshness freshness() {
            return Freshness.ASK_AGAIN;
        }

        @Override
        public void close() {
            onClose.run();
        }
    }
}
