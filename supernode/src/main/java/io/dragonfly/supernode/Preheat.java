// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.supernode;

import io.dragonfly.core.model.Check;
import io.dragonfly.core.model.Digest;
import io.dragonfly.core.model.Header;
import io.dragonfly.core.model.MaskedUrl;

import org.jspecify.annotations.Nullable;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Pattern;

/// One order to read something into the seed before anybody asks for it, and how far that is.
/// Thread-safe.
final class Preheat {
    private static final int MAX_ERRORS = 20;

    /// An order as it stands in a request.
    ///
    /// @param type `image` or `file`
    /// @param url name of the image, or URL of the file
    /// @param platforms of an image, as `linux/amd64`; none: all
    /// @param digest of a file
    record Order(
            String type,
            String url,
            List<String> platforms,
            List<Header> headers,
            RegistryLogin.Credentials credentials,
            boolean insecure,
            @Nullable Digest digest) {
        private static final Pattern PLATFORM = Pattern.compile("[\\w.-]+/[\\w.-]+(/[\\w.-]+)?");
        private static final int MAX = 64;

        Order {
            Check.argument(
                    type.equals("image") || type.equals("file"),
                    "type is image or file, not: %s",
                    type);
            Check.argument(
                    platforms.size() <= MAX && headers.size() <= MAX,
                    "at most %d platforms and headers",
                    MAX);
            for (String platform : platforms) {
                Check.argument(
                        PLATFORM.matcher(platform).matches(),
                        "a platform looks like linux/amd64, not: %s",
                        platform);
            }
            platforms = List.copyOf(platforms);
            headers = List.copyOf(headers);
        }

        boolean isImage() {
            return type.equals("image");
        }

        /// For people; without what may be secret.
        String shown() {
            return isImage() ? ImageName.parse(url).toString() : MaskedUrl.of(URI.create(url));
        }
    }

    /// The body of a request.
    record Request(
            @Nullable String type,
            @Nullable String url,
            @Nullable List<String> platforms,
            @Nullable Map<String, String> headers,
            @Nullable String username,
            @Nullable String password,
            @Nullable Boolean insecure,
            @Nullable String digest) {
        /// @throws IllegalArgumentException with a message for users
        Order order() {
            Check.argument(url != null, "url is missing");
            List<Header> given = new ArrayList<>();
            if (headers != null) {
                headers.forEach((name, value) -> given.add(new Header(name, value)));
            }
            String where = String.valueOf(url);
            Order order =
                    new Order(
                            type == null ? "image" : type,
                            where,
                            platforms == null ? List.of() : platforms,
                            given,
                            new RegistryLogin.Credentials(username, password),
                            insecure != null && insecure,
                            digest == null ? null : Digest.parse(digest));
            if (order.isImage()) {
                ImageName.parse(where);
            } else {
                Check.argument(URI.create(where).isAbsolute(), "the URL has no scheme");
            }
            return order;
        }

        @Override
        public String toString() {
            return "Request[type=" + type + "]";
        }
    }

    /// Where it stands.
    enum State {
        WAITING,
        RUNNING,
        SUCCEEDED,
        FAILED,
        CANCELLED;

        boolean over() {
            return this != WAITING && this != RUNNING;
        }
    }

    /// As the API shows it.
    ///
    /// @param state in lower case
    /// @param length bytes of all blobs, as far as they are known
    /// @param bytes of them that the seed has
    record View(
            String id,
            String type,
            String url,
            List<String> platforms,
            String state,
            int blobs,
            int blobsDone,
            long length,
            long bytes,
            long createdMillis,
            List<String> errors) {}

    private final String id;
    private final Order order;
    private final long createdMillis;
    private final ReentrantLock lock = new ReentrantLock();
    private State state = State.WAITING;
    private int blobs;
    private int blobsDone;
    private long length;
    private long bytesDone;
    private final List<SeedVersion> reading = new ArrayList<>();
    private final List<String> errors = new ArrayList<>();

    Preheat(String id, Order order, long createdMillis) {
        this.id = id;
        this.order = order;
        this.createdMillis = createdMillis;
    }

    String id() {
        return id;
    }

    Order order() {
        return order;
    }

    State state() {
        lock.lock();
        try {
            return state;
        } finally {
            lock.unlock();
        }
    }

    /// @return whether it goes on
    boolean begin() {
        lock.lock();
        try {
            if (state != State.WAITING) {
                return false;
            }
            state = State.RUNNING;
            return true;
        } finally {
            lock.unlock();
        }
    }

    void known(int newBlobs, long newLength) {
        lock.lock();
        try {
            blobs = newBlobs;
            length = newLength;
        } finally {
            lock.unlock();
        }
    }

    void reads(SeedVersion version) {
        lock.lock();
        try {
            reading.add(version);
        } finally {
            lock.unlock();
        }
    }

    void read(SeedVersion version) {
        lock.lock();
        try {
            reading.remove(version);
            blobsDone++;
            bytesDone += Math.max(0, version.stored().version().geometry().length());
        } finally {
            lock.unlock();
        }
    }

    void failed(String why) {
        lock.lock();
        try {
            reading.clear();
            if (errors.size() < MAX_ERRORS) {
                errors.add(why);
            }
        } finally {
            lock.unlock();
        }
    }

    /// Nothing more is begun; what others may have joined goes on.
    void cancel() {
        lock.lock();
        try {
            if (!state.over()) {
                state = State.CANCELLED;
            }
        } finally {
            lock.unlock();
        }
    }

    void end() {
        lock.lock();
        try {
            if (!state.over()) {
                state = errors.isEmpty() ? State.SUCCEEDED : State.FAILED;
            }
        } finally {
            lock.unlock();
        }
    }

    View view() {
        lock.lock();
        try {
            long bytes = bytesDone;
            for (SeedVersion version : reading) {
                bytes += (long) version.stored().blockCount() * version.geometry().blockSize();
            }
            return new View(
                    id,
                    order.type(),
                    order.shown(),
                    order.platforms(),
                    state.name().toLowerCase(Locale.ROOT),
                    blobs,
                    blobsDone,
                    length,
                    length > 0 ? Math.min(bytes, length) : bytes,
                    createdMillis,
                    List.copyOf(errors));
        } finally {
            lock.unlock();
        }
    }
}
