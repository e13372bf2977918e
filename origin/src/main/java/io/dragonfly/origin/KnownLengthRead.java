// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.origin;

import io.dragonfly.core.model.Geometry;
import io.dragonfly.origin.OriginException.Kind;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongConsumer;

/// The reading of a content of known length by one or more connections. Owns their threads: [#run]
/// returns when all of them have ended.
final class KnownLengthRead {
    private static final Logger LOG = LoggerFactory.getLogger(KnownLengthRead.class);

    private final Reading reading;
    private final Reading.Content content;
    private final Geometry geometry;
    private final OriginReader.Sink sink;
    private final LongConsumer throttle;
    private final boolean acceptsRanges;
    private final ReadPlan plan;
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private final List<Thread> others = new ArrayList<>();
    private volatile boolean rangesWork = true;

    /// Set by the main worker before the others start.
    private volatile boolean alone = true;

    KnownLengthRead(
            Reading reading,
            Reading.Content content,
            boolean acceptsRanges,
            Geometry geometry,
            OriginReader.Sink sink,
            LongConsumer throttle) {
        this.reading = reading;
        this.content = content;
        this.acceptsRanges = acceptsRanges;
        this.geometry = geometry;
        this.sink = sink;
        this.throttle = throttle;
        BitSet missing = new BitSet();
        for (int block = 0; block < geometry.blocks(); block++) {
            if (!resumable() || !sink.has(block)) {
                missing.set(block);
            }
        }
        this.plan = new ReadPlan(geometry, missing, reading.settings().stretchBytes());
    }

    /// Reads everything that is missing.
    ///
    /// @param first the answer that is there already, or null
    void run(@Nullable ReadStream first) throws IOException {
        Runnable onCancel = plan::end;
        reading.cancellation().register(onCancel);
        try {
            if (first != null && geometry.length() == 0) {
                first.expectEnd();
            }
            if (first != null && first.end() >= 0 && first.end() < geometry.length()) {
                // The first part: ranges are answered here.
                plan.rangesProven();
            }
            new ReadWorker(this, true, first).run();
            finish();
        } catch (IOException | RuntimeException | Error e) {
            fail(e);
            // Another worker's failure may be what ended this one.
            finish();
            throw e;
        } finally {
            if (!plan.complete()) {
                // The others wait for the plan or for the origin.
                plan.end();
                reading.cancellation().cancel();
            }
            others.forEach(KnownLengthRead::join);
            reading.cancellation().unregister(onCancel);
        }
    }

    private void finish() throws IOException {
        switch (failure.get()) {
            case null -> {}
            case IOException e -> throw e;
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            case Throwable e -> throw new IllegalStateException(e);
        }
        if (!plan.complete()) {
            throw new OriginException(
                    Kind.NETWORK, "the reading of " + reading.what() + " was cancelled", false);
        }
    }

    /// Starts the other connections if the first is slow and they are worth it. Called by the main
    /// worker.
    ///
    /// @param ended whether that answer has come to its end, so that nothing is cut
    void spread(ReadStream first, boolean ended) {
        ReaderSettings settings = reading.settings();
        if (!alone
                || settings.connections() == 1
                || !acceptsRanges
                || !resumable()
                || !rangesWork
                || !first.slowerThan(settings.slowStream())) {
            return;
        }
        long left = (long) plan.unreadBlocks() * geometry.blockSize();
        if (left < (ended ? settings.parallelFrom() : settings.cutFrom())) {
            return;
        }
        alone = false;
        for (int i = 1; i < settings.connections(); i++) {
            others.add(Thread.ofVirtual().name("origin-read-" + i).start(this::help));
        }
    }

    private void help() {
        try {
            new ReadWorker(this, false, null).run();
        } catch (OriginException e) {
            // What it did not read was given back. Whether the reading can go on is the main
            // worker's judgement; it will meet the same trouble if it matters.
            if (e.kind() == Kind.CHANGED || e.kind() == Kind.PROTOCOL) {
                rangesFail();
            }
            LOG.debug("a further connection to {} ended: {}", reading.what(), e.getMessage());
        } catch (IOException | RuntimeException | Error e) {
            fail(e);
        }
    }

    private void fail(Throwable e) {
        failure.compareAndSet(null, e);
        plan.end();
        reading.cancellation().cancel();
    }

    private static void join(Thread thread) {
        boolean joined = false;
        while (!joined) {
            try {
                thread.join();
                joined = true;
            } catch (InterruptedException e) {
                // Nobody here interrupts; to leave now would leave the sink in use.
                LOG.warn("interrupted while a reading ends; going on");
            }
        }
    }

    Reading reading() {
        return reading;
    }

    Reading.Content content() {
        return content;
    }

    Geometry geometry() {
        return geometry;
    }

    OriginReader.Sink sink() {
        return sink;
    }

    LongConsumer throttle() {
        return throttle;
    }

    ReadPlan plan() {
        return plan;
    }

    /// Whether the main worker is the only one.
    boolean alone() {
        return alone;
    }

    /// Whether bytes of another answer may follow those of the first.
    boolean resumable() {
        return content.validators().strong();
    }

    boolean rangesWork() {
        return rangesWork;
    }

    /// The origin does not answer ranges as it should: none are asked for any more.
    void rangesFail() {
        rangesWork = false;
    }

    /// Counts bytes of the origin, of all connections.
    void count(int more) {
        bytes.addAndGet(more);
    }

    long bytes() {
        return bytes.get();
    }
}
