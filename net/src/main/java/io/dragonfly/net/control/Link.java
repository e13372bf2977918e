// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.net.control;

import io.dragonfly.core.protocol.MessageCodec;
import io.dragonfly.core.protocol.ProtocolException;

import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.websocket.core.CloseStatus;
import org.eclipse.jetty.websocket.core.CoreSession;
import org.eclipse.jetty.websocket.core.Frame;
import org.eclipse.jetty.websocket.core.FrameHandler;
import org.eclipse.jetty.websocket.core.OpCode;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.ByteArrayOutputStream;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/// One side of one stream: what client and server have in common. Jetty calls the [FrameHandler]
/// methods, one frame at a time because the next is asked for only when the last one is dealt with;
/// an idle stream so costs no thread, and a slow reader slows its writer down.
///
/// The [Sender] has a lock for what goes out; `delivery` makes calls of [Inbound] come one at a
/// time. The end is told on a thread of its own, because whoever brings it about may hold locks.
final class Link implements FrameHandler {
    /// What a side does with frames. One call at a time.
    interface Inbound {
        /// The connection is there; the gate is still shut.
        void opened();

        /// Deals with one text frame.
        ///
        /// @return how many messages it held, for the limit on their rate
        int frame(byte[] frame) throws ProtocolException;

        /// The stream has ended; the last call, made once. Also made for a stream that never
        /// opened.
        void ended(String reason);
    }

    private static final Logger LOG = LoggerFactory.getLogger(Link.class);

    private final ControlSettings settings;
    private final Timers timers;
    private final LongSupplier nanoTime;
    private final Set<Link> registry;
    private final Inbound inbound;
    private final Rate rate;
    private final Sender sender;

    private final ReentrantLock delivery = new ReentrantLock();
    private final CountDownLatch ended = new CountDownLatch(1);
    private boolean endDelivered;
    private @Nullable ByteArrayOutputStream fragments;

    private volatile long heardNanos;
    private volatile long pingedNanos;
    private volatile boolean delivering;
    private volatile boolean pinging;
    private volatile boolean ponging;

    /// @param registry where this link stands from its opening to its end, for [#keepAlive]
    Link(
            ControlSettings settings,
            MessageCodec codec,
            Timers timers,
            LongSupplier nanoTime,
            Set<Link> registry,
            Inbound inbound) {
        this.settings = settings;
        this.timers = timers;
        this.nanoTime = nanoTime;
        this.registry = registry;
        this.inbound = inbound;
        long now = nanoTime.getAsLong();
        sender = new Sender(settings, codec, timers, nanoTime, this::finish);
        rate = new Rate(settings.maxMessagesPerSecond(), now);
        heardNanos = now;
        pingedNanos = now;
    }

    // Outgoing

    /// Queues messages; on an ended stream it does nothing.
    void send(List<byte[]> messages) {
        if (!sender.send(messages)) {
            finish("the outgoing queue is full: the other side reads too slowly");
        }
    }

    /// Sends `first` before all that is queued; until now nothing went out.
    void openGate(byte[] first) {
        sender.openGate(first);
    }

    /// Forgets what is queued.
    void dropQueued() {
        sender.dropQueued();
    }

    void close(String reason) {
        close(CloseStatus.NORMAL, reason);
    }

    /// Sends what is queued, then a close frame; ends the stream by force where that takes too
    /// long.
    void close(int code, String reason) {
        if (sender.close(code, reason)) {
            timers.after(settings.closeTimeout().toNanos(), () -> finish(reason));
        }
    }

    private void writeFailed(Throwable cause) {
        finish("cannot write: " + oneLine(cause));
    }

    // Keep-alive

    /// Called now and then for every open link: asks a silent other side, ends a dead one. While
    /// our own side is busy with a frame nothing is read: silence does not count then, and our
    /// pings tell the other side that we live.
    void keepAlive() {
        long now = nanoTime.getAsLong();
        boolean busy = delivering;
        long silent = now - heardNanos;
        if (!busy && silent >= settings.deadAfter().toNanos()) {
            finish("nothing heard for %s".formatted(text(settings.deadAfter())));
            return;
        }
        long interval = settings.pingInterval().toNanos();
        CoreSession to = sender.session();
        boolean due = (busy || silent >= interval) && now - pingedNanos >= interval;
        if (to != null && due && !pinging) {
            pinging = true;
            pingedNanos = now;
            to.sendFrame(
                    new Frame(OpCode.PING),
                    Callback.from(() -> pinging = false, this::writeFailed),
                    false);
        }
    }

    // Incoming

    @Override
    public void onOpen(CoreSession coreSession, Callback callback) {
        coreSession.setIdleTimeout(Duration.ZERO); // keepAlive does it better
        coreSession.setMaxFrameSize(settings.maxFrameBytes());
        coreSession.setMaxTextMessageSize(settings.maxFrameBytes());
        coreSession.setAutoFragment(false);
        callback.succeeded();
        heardNanos = nanoTime.getAsLong();
        registry.add(this);
        sender.open(coreSession);
        if (sender
                .isStopped()) { // meanwhile: its end has not seen the session, or not the registry
            registry.remove(this);
            coreSession.abort();
            return;
        }
        delivery.lock();
        try {
            if (!endDelivered) {
                inbound.opened();
            }
        } finally {
            delivery.unlock();
        }
        coreSession.demand();
    }

    @Override
    public void onFrame(Frame frame, Callback callback) {
        heardNanos = nanoTime.getAsLong();
        CoreSession from = sender.session();
        if (from == null) {
            callback.succeeded();
            return;
        }
        try {
            switch (frame.getOpCode()) {
                case OpCode.TEXT, OpCode.CONTINUATION -> text(frame, callback);
                case OpCode.PING -> {
                    pong(from, frame);
                    callback.succeeded();
                }
                case OpCode.BINARY -> {
                    callback.succeeded();
                    close(CloseStatus.BAD_DATA, "binary frames are not spoken here");
                }
                default -> callback.succeeded();
            }
        } finally {
            heardNanos = nanoTime.getAsLong();
            if (frame.getOpCode() != OpCode.CLOSE) {
                from.demand();
            }
        }
    }

    private void text(Frame frame, Callback callback) {
        byte[] whole = assemble(frame);
        callback.succeeded();
        if (whole == null || sender.isClosing()) {
            return;
        }
        delivery.lock();
        delivering = true;
        try {
            if (!endDelivered) {
                int messages = inbound.frame(whole);
                if (!rate.take(messages, nanoTime.getAsLong())) {
                    close(
                            CloseStatus.POLICY_VIOLATION,
                            "more than %d messages per second"
                                    .formatted(settings.maxMessagesPerSecond()));
                }
            }
        } catch (ProtocolException e) {
            close(CloseStatus.POLICY_VIOLATION, e.getMessage());
        } catch (RuntimeException e) {
            LOG.error("A receiver of control messages failed; its stream ends", e);
            close(CloseStatus.SERVER_ERROR, "internal error");
        } finally {
            delivering = false;
            delivery.unlock();
        }
    }

    /// The bytes of a whole message, or null while parts are missing. Our own side never sends
    /// parts, but something between us might cut frames.
    private byte @Nullable [] assemble(Frame frame) {
        byte[] part = BufferUtil.toArray(frame.getPayload());
        if (frame.isFin() && fragments == null) {
            return part;
        }
        ByteArrayOutputStream sum = fragments == null ? new ByteArrayOutputStream() : fragments;
        if (sum.size() + part.length > settings.maxFrameBytes()) {
            fragments = null;
            close(CloseStatus.MESSAGE_TOO_LARGE, "message too large");
            return null;
        }
        sum.writeBytes(part);
        fragments = frame.isFin() ? null : sum;
        return frame.isFin() ? sum.toByteArray() : null;
    }

    /// Answers a ping, unless the last answer is still on its way: one who asks faster than he
    /// reads must not fill our memory.
    private void pong(CoreSession to, Frame ping) {
        if (!ponging) {
            ponging = true;
            byte[] payload = BufferUtil.toArray(ping.getPayload());
            to.sendFrame(
                    new Frame(OpCode.PONG, true, ByteBuffer.wrap(payload)),
                    Callback.from(() -> ponging = false, this::writeFailed),
                    false);
        }
    }

    @Override
    public void onError(Throwable cause, Callback callback) {
        callback.succeeded();
        finish(oneLine(cause));
    }

    @Override
    public void onClosed(CloseStatus status, Callback callback) {
        callback.succeeded();
        String reason = status.getReason();
        finish(
                reason == null || reason.isEmpty()
                        ? "the connection is lost"
                        : "closed by the other side: " + reason);
    }

    // The end

    /// Ends the stream at once and says so to its side, on a thread of its own: whoever calls this
    /// may hold locks that the side needs.
    void finish(String reason) {
        String why = sender.stop(reason);
        if (why == null) {
            return;
        }
        registry.remove(this);
        CoreSession open = sender.session();
        if (open != null) {
            open.abort();
        }
        timers.run(() -> deliverEnd(why));
    }

    private void deliverEnd(String reason) {
        delivery.lock();
        try {
            endDelivered = true;
            inbound.ended(reason);
        } catch (RuntimeException e) {
            LOG.error("A receiver of control messages failed at the end of its stream", e);
        } finally {
            delivery.unlock();
            ended.countDown();
        }
    }

    /// Waits until the side knows that a closed stream has ended; not for ever, as the side may be
    /// stuck in an earlier call.
    void awaitEnd() {
        try {
            long nanos = settings.closeTimeout().toNanos();
            if (!ended.await(2 * nanos, TimeUnit.NANOSECONDS)) {
                LOG.warn("A receiver of control messages does not come back; not waiting for it");
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts who closes", e);
        }
    }

    String localHost() {
        CoreSession open = sender.session();
        return open == null ? "" : host(open.getLocalAddress());
    }

    String remoteHost() {
        CoreSession open = sender.session();
        return open == null ? "" : host(open.getRemoteAddress());
    }

    /// Whether nobody in between can read along: TLS, or both sides on one machine.
    boolean isPrivate() {
        CoreSession open = sender.session();
        return open != null && (open.isSecure() || isLoopback(open.getRemoteAddress()));
    }

    private static boolean isLoopback(@Nullable SocketAddress address) {
        return address instanceof InetSocketAddress inet
                && inet.getAddress() != null
                && inet.getAddress().isLoopbackAddress();
    }

    private static String host(@Nullable SocketAddress address) {
        if (!(address instanceof InetSocketAddress inet) || inet.getAddress() == null) {
            return "";
        }
        String host = inet.getAddress().getHostAddress();
        int zone = host.indexOf('%');
        return zone < 0 ? host : host.substring(0, zone);
    }

    static String oneLine(Throwable cause) {
        String message = cause.getMessage();
        String text = message == null ? cause.getClass().getSimpleName() : message;
        return text.lines().findFirst().orElse("").strip();
    }

    private static String text(Duration duration) {
        return duration.toMillis() % 1000 == 0
                ? duration.toSeconds() + " s"
                : duration.toMillis() + " ms";
    }
}
