// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.net.control;

import io.dragonfly.core.protocol.MessageCodec;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/// The messages of one stream that wait to go out, and the decision when the next frame goes: at
/// once if nothing went out within the batch delay or enough for a good frame waits, else at the
/// delay's end. At most one frame is being written at a time. Bookkeeping only; guarded by the
/// stream's lock.
final class Outbox {
    /// So many waiting bytes go out without waiting for more.
    private static final int GOOD_FRAME = 32 << 10;

    /// No frame is filled beyond this, except by a single larger message.
    private static final int FULL_FRAME = 64 << 10;

    private final int maxMessages;
    private final int maxBytes;
    private final int fullFrame;
    private final long delayNanos;
    private final ArrayDeque<byte[]> waiting = new ArrayDeque<>();
    private long waitingBytes;
    private long writtenNanos;

    Outbox(ControlSettings settings, long nowNanos) {
        maxMessages = settings.maxQueuedMessages();
        maxBytes = settings.maxQueuedBytes();
        fullFrame = Math.min(FULL_FRAME, settings.maxFrameBytes());
        delayNanos = settings.batchDelay().toNanos();
        writtenNanos = nowNanos - delayNanos;
    }

    /// Takes all messages, or none where they do not fit.
    boolean add(Collection<byte[]> messages) {
        long bytes = 0;
        for (byte[] message : messages) {
            bytes += message.length;
        }
        if (waiting.size() + messages.size() > maxMessages || waitingBytes + bytes > maxBytes) {
            return false;
        }
        waiting.addAll(messages);
        waitingBytes += bytes;
        return true;
    }

    /// Puts a message before all others, whatever the limits.
    void addFirst(byte[] message) {
        waiting.addFirst(message);
        waitingBytes += message.length;
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    /// Drops everything.
    void clear() {
        waiting.clear();
        waitingBytes = 0;
    }

    /// How long the next frame has to wait, in nanoseconds; 0 for not at all.
    long delayNanos(long nowNanos) {
        if (waitingBytes >= GOOD_FRAME) {
            return 0;
        }
        return Math.max(0, delayNanos - (nowNanos - writtenNanos));
    }

    /// Removes the messages of the next frame.
    List<byte[]> take(long nowNanos) {
        List<byte[]> frame = new ArrayList<>();
        long bytes = 1; // of the frame's array: '[', then each message with ',' or ']'
        for (byte[] next = waiting.peek(); next != null; next = waiting.peek()) {
            boolean full =
                    bytes + next.length + 1 > fullFrame
                            || frame.size() == MessageCodec.MAX_MESSAGES;
            if (full && !frame.isEmpty()) {
                break;
            }
            frame.add(waiting.remove());
            waitingBytes -= next.length;
            bytes += next.length + 1L;
        }
        writtenNanos = nowNanos;
        return frame;
    }
}
