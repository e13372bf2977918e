// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.net.control;

import io.dragonfly.core.protocol.MessageCodec;

import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.websocket.core.CloseStatus;
import org.eclipse.jetty.websocket.core.CoreSession;
import org.eclipse.jetty.websocket.core.Frame;
import org.eclipse.jetty.websocket.core.OpCode;
import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/// The outgoing half of a [Link]: writes what its [Outbox] holds, one frame at a time, when it is
/// due. Nothing goes out before the connection is there and the gate is open. Thread-safe; the lock
/// is not held while somebody else's code runs.
final class Sender {
    /// What fits into a close frame beside its code is 123 bytes.
    private static final int MAX_CLOSE_REASON_BYTES = 120;

    private final MessageCodec codec;
    private final Timers timers;
    private final LongSupplier nanoTime;
    private final Consumer<String> failure;

    private final ReentrantLock lock = new ReentrantLock();
    private final Outbox outbox;
    private @Nullable CoreSession session;
    private boolean gateOpen;
    private boolean writing;
    private boolean pumping;
    private boolean timerArmed;
    private boolean closeSent;
    private @Nullable String closeReason;
    private int closeCode = CloseStatus.NORMAL;
    private volatile boolean closing;
    private volatile boolean stopped;

    /// @param failure told why, when a frame cannot be written
    Sender(
            ControlSettings settings,
            MessageCodec codec,
            Timers timers,
            LongSupplier nanoTime,
            Consumer<String> failure) {
        this.codec = codec;
        this.timers = timers;
        this.nanoTime = nanoTime;
        this.failure = failure;
        outbox = new Outbox(settings, nanoTime.getAsLong());
    }

    /// The connection is there.
    void open(CoreSession opened) {
        lock.lock();
        try {
            session = opened;
        } finally {
            lock.unlock();
        }
        pump();
    }

    @Nullable CoreSession session() {
        lock.lock();
        try {
            return session;
        } finally {
            lock.unlock();
        }
    }

    /// Queues messages; one that is closing drops them.
    ///
    /// @return false where the queue has no room for them
    boolean send(List<byte[]> messages) {
        lock.lock();
        try {
            if (closing) {
                return true;
            }
            if (!outbox.add(messages)) {
                return false;
            }
        } finally {
            lock.unlock();
        }
        pump();
        return true;
    }

    /// Sends `first` before all that is queued; until now nothing went out.
    void openGate(byte[] first) {
        lock.lock();
        try {
            outbox.addFirst(first);
            gateOpen = true;
        } finally {
            lock.unlock();
        }
        pump();
    }

    /// Forgets what is queued.
    void dropQueued() {
        lock.lock();
        try {
            outbox.clear();
        } finally {
            lock.unlock();
        }
    }

    /// Takes no more messages; sends what is queued (unless the gate is shut), then a close frame.
    ///
    /// @return false where it was closing already
    boolean close(int code, String reason) {
        lock.lock();
        try {
            if (closing) {
                return false;
            }
            closing = true;
            closeReason = reason;
            closeCode = code;
            if (!gateOpen) {
                outbox.clear();
                gateOpen = true;
            }
        } finally {
            lock.unlock();
        }
        pump();
        return true;
    }

    boolean isClosing() {
        return closing;
    }

    /// Writes nothing more and forgets what is queued.
    ///
    /// @return why the stream ends: the reason of its closing, else `reason`; null where it was
    ///   stopped already
    @Nullable String stop(String reason) {
        lock.lock();
        try {
            if (stopped) {
                return null;
            }
            stopped = true;
            closing = true;
            outbox.clear();
            return closeReason == null ? reason : closeReason;
        } finally {
            lock.unlock();
        }
    }

    boolean isStopped() {
        return stopped;
    }

    /// Writes frames as long as one is due. Only one thread is in here; a write that completes at
    /// once makes it go round again instead of going deeper.
    private void pump() {
        while (true) {
            CoreSession to;
            @Nullable List<byte[]> messages = null;
            lock.lock();
            try {
                if (pumping || writing || stopped || !gateOpen || session == null || closeSent) {
                    return;
                }
                long now = nanoTime.getAsLong();
                if (outbox.isEmpty()) {
                    if (!closing) {
                        return;
                    }
                    closeSent = true;
                } else {
                    long delay = closing ? 0 : outbox.delayNanos(now);
                    if (delay > 0) {
                        arm(delay);
                        return;
                    }
                    messages = outbox.take(now);
                }
                writing = true;
                pumping = true;
                to = session;
            } finally {
                lock.unlock();
            }
            if (messages == null) {
                sendClose(to);
            } else {
                Frame frame = new Frame(OpCode.TEXT, true, ByteBuffer.wrap(codec.frame(messages)));
                to.sendFrame(frame, Callback.from(this::written, this::failed), false);
            }
            lock.lock();
            try {
                pumping = false;
            } finally {
                lock.unlock();
            }
        }
    }

    private void arm(long delayNanos) {
        if (!timerArmed) {
            timerArmed = true;
            timers.after(delayNanos, this::timerFired);
        }
    }

    private void timerFired() {
        lock.lock();
        try {
            timerArmed = false;
        } finally {
            lock.unlock();
        }
        pump();
    }

    private void written() {
        lock.lock();
        try {
            writing = false;
            if (pumping) {
                return;
            }
        } finally {
            lock.unlock();
        }
        pump();
    }

    private void failed(Throwable cause) {
        failure.accept("cannot write: " + Link.oneLine(cause));
    }

    private void sendClose(CoreSession to) {
        int code;
        String reason;
        lock.lock();
        try {
            code = closeCode;
            reason = Objects.requireNonNull(closeReason);
        } finally {
            lock.unlock();
        }
        to.close(code, shortened(reason), Callback.NOOP);
    }

    /// One byte per character, so that the cut is in no character's middle.
    private static String shortened(String reason) {
        String ascii = reason.replaceAll("[^ -~]", "?");
        return ascii.length() <= MAX_CLOSE_REASON_BYTES
                ? ascii
                : ascii.substring(0, MAX_CLOSE_REASON_BYTES);
    }
}
