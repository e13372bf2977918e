// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.net.http;

import org.eclipse.jetty.io.Content;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Reads a request's body within a bounded time. Jetty's idle timeout starts anew with each byte,
/// so a client that drips them would hold a thread and a connection for ever. For one thread.
final class BodyReader {
    private final Content.Source source;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Duration limit;
    private long nanosLeft;
    private boolean available;

    /// @param limit of the time that the body is waited for
    BodyReader(Content.Source source, Duration limit) {
        this.source = source;
        this.limit = limit;
        this.nanosLeft = limit.toNanos();
    }

    /// The body, or its first `max` bytes where there are more.
    byte[] read(int max) throws IOException, ProblemException {
        ByteArrayOutputStream body = new ByteArrayOutputStream(1024);
        boolean last = false;
        while (!last && body.size() < max) {
            Content.Chunk chunk = source.read();
            if (chunk == null) {
                awaitMore();
                continue;
            }
            if (Content.Chunk.isFailure(chunk)) {
                throw new IOException("the client went away", chunk.getFailure());
            }
            byte[] bytes = new byte[Math.min(chunk.remaining(), max - body.size())];
            chunk.getByteBuffer().get(bytes);
            body.writeBytes(bytes);
            last = chunk.isLast();
            chunk.release();
        }
        return body.toByteArray();
    }

    private void awaitMore() throws ProblemException {
        lock.lock();
        try {
            available = false;
        } finally {
            lock.unlock();
        }
        // May call back on this thread, so not under the lock.
        source.demand(this::more);
        lock.lock();
        try {
            while (!available && nanosLeft > 0) {
                nanosLeft = changed.awaitNanos(nanosLeft);
            }
            if (!available) {
                throw new ProblemException(
                        408,
                        "body-too-slow",
                        "the request's body did not come within " + limit.toSeconds() + " s");
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts a request", e);
        } finally {
            lock.unlock();
        }
    }

    private void more() {
        lock.lock();
        try {
            available = true;
            changed.signal();
        } finally {
            lock.unlock();
        }
    }
}
