// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.origin.http;

import io.dragonfly.origin.Cancellation;

import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.client.Response;
import org.eclipse.jetty.client.Result;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.util.thread.Invocable;
import org.jspecify.annotations.Nullable;

import java.io.EOFException;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/// One exchange with Jetty's client, made blocking: the thread that reads is the one that reads the
/// socket, and it waits only where nothing has arrived. [#close] may be called by any thread, all
/// else by one at a time.
///
/// All time-outs of an exchange are here. Jetty's own idle time-out would also count the time in
/// which we do not read because our sink is full, so it is off while an exchange runs.
final class HttpCall implements Response.Listener {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Request request;
    private final Cancellation cancellation;
    private final Runnable onCancel = this::close;
    private final Duration idleTimeout;

    private @Nullable Response head;
    private Content.@Nullable Source source;
    private @Nullable Throwable failure;
    private boolean readable;
    private boolean completed;
    private volatile boolean closed;

    private Content.@Nullable Chunk chunk;
    private volatile boolean ended;

    private HttpCall(Request request, Cancellation cancellation, Duration idleTimeout) {
        this.request = request;
        this.cancellation = cancellation;
        this.idleTimeout = idleTimeout;
    }

    /// Sends the request and waits for the head of the answer.
    ///
    /// @throws IOException whatever Jetty says; the caller translates it
    static HttpCall send(
            Request request, Cancellation cancellation, Duration headTimeout, Duration idleTimeout)
            throws IOException {
        HttpCall call = new HttpCall(request, cancellation, idleTimeout);
        cancellation.register(call.onCancel);
        try {
            request.idleTimeout(0, TimeUnit.MILLISECONDS).send(call);
            call.awaitHead(headTimeout);
            return call;
        } catch (IOException | RuntimeException e) {
            call.close();
            throw e;
        }
    }

    Response head() {
        Response known = head;
        if (known == null) {
            throw new IllegalStateException("no head yet");
        }
        return known;
    }

    @Override
    public void onContentSource(Response response, Content.Source contentSource) {
        lock.lock();
        try {
            head = response;
            source = contentSource;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void onComplete(Result result) {
        lock.lock();
        try {
            if (result.isFailed() && failure == null) {
                failure = result.getFailure();
            }
            completed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void awaitHead(Duration timeout) throws IOException {
        lock.lock();
        try {
            await(() -> source != null || failure != null || closed, timeout);
            if (source == null) {
                throw failure == null ? new IOException("no answer") : new IOException(failure);
            }
        } finally {
            lock.unlock();
        }
    }

    /// Reads some bytes, at least one; -1 at the end of the body.
    int read(byte[] target, int offset, int length) throws IOException {
        if (ended) {
            return -1;
        }
        Content.Chunk current = chunk;
        while (current == null || !current.hasRemaining()) {
            if (current != null && current.isLast()) {
                finish();
                return -1;
            }
            release();
            current = nextChunk();
            chunk = current;
        }
        int count = Math.min(length, current.remaining());
        current.getByteBuffer().get(target, offset, count);
        checkOpen();
        return count;
    }

    private Content.Chunk nextChunk() throws IOException {
        Content.Source body = source;
        if (body == null) {
            throw new EOFException("no body");
        }
        while (true) {
            checkOpen();
            Content.Chunk next = body.read();
            if (next == null) {
                awaitReadable(body);
            } else if (Content.Chunk.isFailure(next)) {
                close();
                throw new IOException(next.getFailure());
            } else {
                return next;
            }
        }
    }

    private void awaitReadable(Content.Source body) throws IOException {
        lock.lock();
        try {
            readable = false;
        } finally {
            lock.unlock();
        }
        // Not under the lock: the callback may run at once. It only sets a flag, so that the
        // selector thread may run it.
        body.demand(Invocable.from(Invocable.InvocationType.NON_BLOCKING, this::onReadable));
        lock.lock();
        try {
            await(() -> readable || closed, idleTimeout);
        } finally {
            lock.unlock();
        }
    }

    private void onReadable() {
        lock.lock();
        try {
            readable = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// Waits with the lock held.
    private void await(BooleanSupplier condition, Duration timeout) throws IOException {
        long left = timeout.toNanos();
        try {
            while (!condition.getAsBoolean()) {
                if (left <= 0) {
                    throw new IOException(new TimeoutException());
                }
                left = changed.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            // See Cancellation: nobody here interrupts, and the flag must not stay set.
            throw new IOException("interrupted", e);
        }
    }

    /// Bytes that another thread's closing made invalid must not be taken for content: Jetty may
    /// have given their buffer to another exchange meanwhile.
    private void checkOpen() throws IOException {
        if (closed) {
            throw new ClosedChannelException();
        }
    }

    /// Whether [#close] was called before the end.
    boolean closed() {
        return closed;
    }

    private void finish() throws IOException {
        release();
        // Another thread may be just about to give the connection back to the pool; a next request
        // that comes before it would open one more.
        lock.lock();
        try {
            await(() -> completed || closed, idleTimeout);
        } finally {
            lock.unlock();
        }
        ended = true;
        cancellation.unregister(onCancel);
    }

    private void release() {
        Content.Chunk current = chunk;
        chunk = null;
        if (current != null) {
            current.release();
        }
    }

    /// Ends the exchange; the connection with it unless the body was read to its end. The thread
    /// that reads fails.
    void close() {
        if (ended || closed) {
            return;
        }
        closed = true;
        cancellation.unregister(onCancel);
        var _ = request.abort(new ClosedChannelException());
        onReadable();
    }
}
