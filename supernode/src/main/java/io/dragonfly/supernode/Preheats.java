// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.supernode;

import io.dragonfly.core.model.TaskSpec;
import io.dragonfly.core.model.VersionNaming;
import io.dragonfly.net.http.ProblemException;
import io.dragonfly.origin.OriginException;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantLock;

/// Reads images and files into the seed because somebody asked for that beforehand. A few orders
/// run at a time, each blob after blob; the rest waits. Thread-safe.
final class Preheats {
    private static final Logger LOG = LoggerFactory.getLogger(Preheats.class);

    /// Orders that are remembered; the oldest that is over gives way.
    static final int MAX = 1000;

    /// Orders that run at a time.
    static final int MAX_RUNNING = 4;

    /// The reading itself gives up long before.
    private static final Duration LONGEST_BLOB = Duration.ofHours(12);

    private final SeedLibrary library;
    private final ExecutorService threads;
    private final RegistryLogin login;
    private final Semaphore running = new Semaphore(MAX_RUNNING, true);
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Preheat> all = new LinkedHashMap<>();

    Preheats(SeedLibrary library, ExecutorService threads) {
        this.library = library;
        this.threads = threads;
        this.login = new RegistryLogin(library.origin()::fetch, library::nowMillis);
    }

    /// Takes an order, and begins with it when it is its turn.
    ///
    /// @throws ProblemException 429 where too many wait
    Preheat add(Preheat.Order order) throws ProblemException {
        String id = VersionNaming.randomHex(library.random());
        Preheat preheat = new Preheat(id, order, library.nowMillis());
        lock.lock();
        try {
            if (all.size() >= MAX) {
                String over =
                        all.values().stream()
                                .filter(p -> p.state().over())
                                .map(Preheat::id)
                                .findFirst()
                                .orElseThrow(() ->
                                        new ProblemException(
                                                429, "overloaded", "too many preheats wait"));
                all.remove(over);
            }
            all.put(id, preheat);
        } finally {
            lock.unlock();
        }
        threads.execute(() -> run(preheat));
        return preheat;
    }

    /// The newest first.
    List<Preheat> list() {
        lock.lock();
        try {
            return new ArrayList<>(all.values()).reversed();
        } finally {
            lock.unlock();
        }
    }

    Optional<Preheat> find(String id) {
        lock.lock();
        try {
            return Optional.ofNullable(all.get(id));
        } finally {
            lock.unlock();
        }
    }

    private void run(Preheat preheat) {
        running.acquireUninterruptibly();
        try {
            if (preheat.begin()) {
                LOG.info("preheat id={} of={}", preheat.id(), preheat.order().shown());
                read(preheat);
            }
        } catch (IOException e) {
            preheat.failed(String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            LOG.error("bug in preheat id={}", preheat.id(), e);
            preheat.failed("internal error, see the log");
        } finally {
            preheat.end();
            running.release();
            LOG.info("preheat ended id={} state={}", preheat.id(), preheat.state());
        }
    }

    private void read(Preheat preheat) throws IOException {
        Preheat.Order order = preheat.order();
        if (!order.isImage()) {
            preheat.known(1, 0);
            TaskSpec spec =
                    new TaskSpec(
                            URI.create(order.url()),
                            order.headers(),
                            List.of(),
                            "",
                            order.digest(),
                            order.insecure(),
                            "");
            read(preheat, spec);
            return;
        }
        ImageName name = ImageName.parse(order.url());
        ImageReader image = new ImageReader(name, order, login, library.origin()::fetch);
        List<ImageReader.Part> parts = image.parts();
        preheat.known(parts.size(), parts.stream().mapToLong(ImageReader.Part::size).sum());
        for (ImageReader.Part part : parts) {
            if (preheat.state().over()) {
                return;
            }
            try {
                part(preheat, image, part);
            } catch (IOException e) {
                preheat.failed(part.digest() + ": " + e.getMessage());
            }
        }
    }

    /// One blob; with another token where the one that was shown has expired.
    private void part(Preheat preheat, ImageReader image, ImageReader.Part part)
            throws IOException {
        TaskSpec spec = image.blob(part);
        try {
            read(preheat, spec);
        } catch (OriginException e) {
            if (!image.logIn(spec, e)) {
                throw e;
            }
            read(preheat, image.blob(part));
        }
    }

    private void read(Preheat preheat, TaskSpec spec) throws IOException {
        SeedVersion version = library.obtain(spec);
        preheat.reads(version);
        version.awaitRead(LONGEST_BLOB);
        preheat.read(version);
    }
}
