// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.net.piece;

import io.dragonfly.core.model.Sha256;
import io.dragonfly.core.protocol.FailureReason;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// One request and its reply on one connection. Used by the thread of the fetch.
final class Exchange {
    private final Link link;
    private final RangeRequest request;
    private final RangeReceiver receiver;
    private final Pace pace;
    private final Boundary boundary;
    private final BlockBuffers buffers;
    private final PieceCounters counters;
    private final long stallNanos;
    private boolean answered;
    private boolean reusable;

    /// Says where a fetch is, for whoever wants to stop it between two blocks.
    interface Boundary {
        /// @return false if the fetch must end before this block
        boolean enterBlock();

        /// @return false if the fetch must end after this block
        boolean leaveBlock();
    }

    /// The receiver could not store a block.
    static final class ReceiverException extends IOException {
        private static final long serialVersionUID = 1;

        ReceiverException(IOException cause) {
            super(cause.getMessage(), cause);
        }
    }

    Exchange(
            Link link,
            RangeRequest request,
            RangeReceiver receiver,
            Pace pace,
            Boundary boundary,
            BlockBuffers buffers,
            PieceCounters counters,
            long stallNanos) {
        this.link = link;
        this.request = request;
        this.receiver = receiver;
        this.pace = pace;
        this.boundary = boundary;
        this.buffers = buffers;
        this.counters = counters;
        this.stallNanos = stallNanos;
    }

    /// Whether anything of the reply came.
    boolean answered() {
        return answered;
    }

    /// Whether the reply ended cleanly, so that another request may follow on the connection.
    boolean reusable() {
        return reusable;
    }

    /// @throws ProtocolException where the parent sends nonsense
    /// @throws IOException where the connection ends
    RangeResult run() throws IOException {
        ByteBuffer frame = ByteBuffer.allocate(Wire.REQUEST_BYTES);
        Wire.putRequest(frame, request);
        link.within(stallNanos);
        link.write(frame.flip());
        Wire.Head first = head();
        answered = true;
        if (first.type() != Wire.HEADER) {
            return first.type() == Wire.ERROR ? failed(first) : nonsense(first);
        }
        if (!digests(first)) {
            return new RangeResult.Cancelled();
        }
        RangeResult result = null;
        int next = request.firstBlock();
        while (result == null) {
            Wire.Head head = head();
            result =
                    switch (head.type()) {
                        case Wire.BLOCK -> block(head, next++);
                        case Wire.WAITING -> waiting();
                        case Wire.END -> ended(head, next);
                        case Wire.ERROR -> failed(head);
                        default -> nonsense(head);
                    };
        }
        return result;
    }

    private Wire.Head head() throws IOException {
        link.within(stallNanos);
        Wire.Head head = Wire.Head.from(link.fill(Wire.HEAD));
        link.unbounded();
        return head;
    }

    private boolean digests(Wire.Head head) throws IOException {
        int count = head.b();
        if (count == 0) {
            return true;
        }
        if (head.a() != 0 || !request.wantsDigests() || count < 0 || count > Wire.MAX_DIGESTS) {
            throw new ProtocolException("a header with %d digests".formatted(count));
        }
        List<Sha256> digests = new ArrayList<>(Math.min(count, 256));
        byte[] bytes = new byte[Sha256.BYTES];
        for (int i = 0; i < count; i++) {
            link.within(stallNanos);
            link.fill(Sha256.BYTES).get(bytes);
            digests.add(Sha256.copyOf(bytes, 0));
        }
        link.unbounded();
        return receiver.digests(digests);
    }

    private @Nullable RangeResult block(Wire.Head head, int expected) throws IOException {
        int length = head.b();
        if (head.a() != expected || length < 1 || length > Wire.MAX_BLOCK) {
            throw new ProtocolException(
                    "block %d of %d bytes instead of block %d"
                            .formatted(head.a(), length, expected));
        }
        if (!boundary.enterBlock()) {
            return new RangeResult.Cancelled();
        }
        ByteBuffer buffer = buffers.take(length);
        boolean wanted;
        try {
            receive(buffer, length);
            wanted = deliver(expected, buffer.flip());
        } finally {
            buffers.give(buffer);
        }
        boolean goesOn = boundary.leaveBlock();
        if (!wanted) {
            return new RangeResult.Cancelled();
        }
        if (expected + 1 == request.endBlock()) {
            reusable = true;
            return new RangeResult.Complete(request.endBlock());
        }
        return goesOn ? null : new RangeResult.Cancelled();
    }

    private void receive(ByteBuffer buffer, int length) throws IOException {
        while (buffer.position() < length) {
            int allowed = pace.allow(length - buffer.position());
            buffer.limit(buffer.position() + allowed);
            link.within(stallNanos);
            int n = link.read(buffer);
            link.unbounded();
            pace.passed(n);
            counters.add(PieceCounters.Count.BYTES_RECEIVED, n);
            receiver.received(n);
        }
    }

    private boolean deliver(int block, ByteBuffer bytes) throws IOException {
        counters.add(PieceCounters.Count.BLOCKS_RECEIVED, 1);
        try {
            return receiver.block(block, bytes);
        } catch (IOException e) {
            throw new ReceiverException(e);
        }
    }

    private @Nullable RangeResult waiting() {
        receiver.waiting();
        return null;
    }

    private RangeResult ended(Wire.Head head, int next) throws IOException {
        if (head.a() != next) {
            throw new ProtocolException(
                    "an end at block %d instead of %d".formatted(head.a(), next));
        }
        reusable = true;
        return new RangeResult.Complete(next);
    }

    private RangeResult failed(Wire.Head head) {
        FailureReason reason = FailureReason.CLOSED;
        if (head.is(Wire.ErrorCode.UNKNOWN_VERSION) || head.is(Wire.ErrorCode.NOT_AVAILABLE)) {
            reason = FailureReason.UNKNOWN_VERSION;
            reusable = true;
        } else if (head.is(Wire.ErrorCode.BUSY)) {
            reason = FailureReason.BUSY;
            reusable = true;
        }
        return new RangeResult.Failed(
                reason, "the parent says " + Wire.ErrorCode.describe(head.a()));
    }

    private static RangeResult nonsense(Wire.Head head) throws ProtocolException {
        throw new ProtocolException("unexpected frame " + head.type());
    }
}
