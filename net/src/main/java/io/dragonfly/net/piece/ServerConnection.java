// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.net.piece;

import static io.dragonfly.net.piece.PieceCounters.Count.CONNECTIONS_REAPED;
import static io.dragonfly.net.piece.PieceCounters.Count.REQUESTS;
import static io.dragonfly.net.piece.PieceCounters.Count.REQUESTS_ACTIVE;
import static io.dragonfly.net.piece.PieceCounters.Count.SLOT_WAITS;
import static io.dragonfly.net.piece.PieceCounters.Count.STORE_ERRORS;

import io.dragonfly.core.model.Geometry;
import io.dragonfly.core.model.PeerId;
import io.dragonfly.core.model.Sha256;
import io.dragonfly.net.piece.PieceSource.Content;
import io.dragonfly.net.piece.Wire.ErrorCode;
import io.dragonfly.net.tls.Tls;
import io.dragonfly.net.tls.TlsFailure;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.EOFException;
import java.io.IOException;
import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;

/// One connection of a [PieceServer]: a hello, then request by request until either side closes it.
final class ServerConnection implements Reaper.Watched {
    private static final Logger LOG = LoggerFactory.getLogger(ServerConnection.class);

    private final Serving serving;
    private final Link link;
    private final SendMeter meter;
    private final BlockSender sender;
    private volatile boolean idle = true;

    /// What all connections of one server share.
    ///
    /// @param closing whether no further block may begin
    /// @param tls null: none
    record Serving(
            PeerId self,
            PieceSource source,
            PieceServerSettings settings,
            Throttle upload,
            UploadSlots slots,
            LongSupplier nanoTime,
            PieceCounters counters,
            AtomicBoolean closing,
            @Nullable Tls tls) {}

    /// What comes after a block, or instead of it.
    private enum Next {
        BLOCK,
        REQUEST,
        CLOSE
    }

    ServerConnection(Serving serving, SocketChannel channel) {
        this.serving = serving;
        this.link = new Link(channel, 2 * Wire.REQUEST_BYTES, serving.nanoTime());
        this.meter = new SendMeter(serving.nanoTime());
        this.sender = new BlockSender(link, serving.upload(), meter, serving.counters());
    }

    /// Serves until the connection ends; never throws.
    void run() {
        guarded(() -> {
            if (hello()) {
                while (answerNext()) {
                    sender.flush();
                    idle = true;
                }
            }
        });
    }

    /// Answers one request by `busy`, or one ping, and ends.
    void refuse() {
        guarded(() -> {
            if (hello()) {
                link.within(serving.settings().headerTimeout().toNanos());
                if (link.fill(1).get() == Wire.PING) {
                    sender.frame(Wire.PONG, 0, 0);
                } else {
                    link.fill(Wire.REQUEST_BYTES - 1);
                    sender.error(ErrorCode.BUSY);
                }
                sender.flush();
            }
        });
    }

    @Override
    public void check(long nowNanos) {
        PieceServerSettings settings = serving.settings();
        link.check(nowNanos);
        if (meter.stuckNanos(nowNanos) > settings.idleTimeout().toNanos()) {
            link.closeBecause(Link.Reason.OVERDUE);
        }
        boolean slow =
                meter.slow(nowNanos, settings.slowWindow().toNanos(), settings.minBytesPerSecond());
        if (slow && serving.slots().waiting() > 0) {
            link.closeBecause(Link.Reason.SLOW);
        }
    }

    /// Ends the connection: at once where it is idle or `force` says so; else the block that is on
    /// its way may end.
    void shutdown(boolean force) {
        if (idle || force) {
            link.closeBecause(Link.Reason.SHUTDOWN);
        }
    }

    private interface Body {
        void run() throws IOException;
    }

    private void guarded(Body body) {
        try {
            body.run();
        } catch (BlockSender.StoreException e) {
            serving.counters().add(STORE_ERRORS, 1);
            LOG.warn("A piece cannot be served: {}", e.getMessage());
        } catch (EOFException _) {
            LOG.debug("A requester of pieces left");
        } catch (IOException e) {
            Link.Reason reason = link.reason();
            if (reason == Link.Reason.OVERDUE || reason == Link.Reason.SLOW) {
                serving.counters().add(CONNECTIONS_REAPED, 1);
            }
            LOG.debug("A connection for pieces ended: {}", reason == null ? words(e) : reason);
        } catch (RuntimeException e) {
            LOG.error("A connection for pieces ended by a bug", e);
        } finally {
            link.close();
        }
    }

    private String words(IOException e) {
        String plain = String.valueOf(e.getMessage());
        return serving.tls() == null ? plain : TlsFailure.text(e).orElse(plain);
    }

    /// @return whether there is a common version
    private boolean hello() throws IOException {
        link.within(serving.settings().headerTimeout().toNanos());
        if (serving.tls() != null) {
            link.secure(serving.tls().serverEngine(), 1);
        }
        int theirs = Wire.clientHello(link.fill(Wire.CLIENT_HELLO));
        link.unbounded();
        int version = Wire.choose(theirs, Wire.MIN_VERSION, Wire.MAX_VERSION);
        Wire.putServerHello(sender.room(Wire.MAX_SERVER_HELLO), version, serving.self());
        sender.flush();
        return version != 0;
    }

    /// Answers one request.
    ///
    /// @return whether another one may follow
    private boolean answerNext() throws IOException {
        link.within(serving.settings().idleTimeout().toNanos());
        byte type = link.fill(1).get();
        idle = false;
        switch (type) {
            case Wire.PING -> {
                link.unbounded();
                sender.frame(Wire.PONG, 0, 0);
                return true;
            }
            case Wire.REQUEST -> {
                link.within(serving.settings().headerTimeout().toNanos());
                ByteBuffer rest = link.fill(Wire.REQUEST_BYTES - 1);
                link.unbounded();
                serving.counters().add(REQUESTS, 1);
                serving.counters().add(REQUESTS_ACTIVE, 1);
                try {
                    return answer(rest);
                } finally {
                    serving.counters().add(REQUESTS_ACTIVE, -1);
                }
            }
            default -> throw new ProtocolException("unknown frame " + type);
        }
    }

    private boolean answer(ByteBuffer frame) throws IOException {
        if (serving.closing().get()) {
            return refuse(ErrorCode.SHUTTING_DOWN);
        }
        RangeRequest request;
        try {
            request = Wire.request(frame);
        } catch (ProtocolException _) {
            return refuse(ErrorCode.BAD_REQUEST);
        }
        Optional<Content> found = serving.source().find(request.version(), request.secret());
        if (found.isEmpty()) {
            return refuse(ErrorCode.UNKNOWN_VERSION);
        }
        Content content = found.get();
        if (!content.retain()) {
            return refuse(ErrorCode.UNKNOWN_VERSION);
        }
        try {
            if (!content.intact()) {
                return refuse(ErrorCode.UNKNOWN_VERSION);
            }
            if (!sensible(request, content.geometry())) {
                return refuse(ErrorCode.BAD_REQUEST);
            }
            return stream(request, content);
        } finally {
            content.release();
        }
    }

    /// Blocks may lie behind the end (the requester may not know it yet), but in one piece.
    private static boolean sensible(RangeRequest request, Geometry geometry) {
        int perPiece = geometry.blocksPerPiece();
        return request.firstBlock() >= 0
                && request.endBlock() > request.firstBlock()
                && request.firstBlock() / perPiece == request.piece()
                && (request.endBlock() - 1) / perPiece == request.piece();
    }

    private boolean refuse(ErrorCode code) throws IOException {
        sender.error(code);
        if (code == ErrorCode.BAD_REQUEST || code == ErrorCode.SHUTTING_DOWN) {
            sender.flush();
            return false;
        }
        return true;
    }

    private boolean stream(RangeRequest request, Content content) throws IOException {
        Optional<List<Sha256>> digests =
                request.wantsDigests() ? content.pieceBlocks(request.piece()) : Optional.empty();
        sender.header(digests.orElse(List.of()));
        for (int block = request.firstBlock(); block < request.endBlock(); block++) {
            Next next = one(content, block);
            if (next != Next.BLOCK) {
                return next == Next.REQUEST;
            }
        }
        return true;
    }

    private Next one(Content content, int block) throws IOException {
        PieceSource.Await here = content.await(block, 0);
        while (here == PieceSource.Await.TIMEOUT) {
            sender.flush();
            here = content.await(block, serving.settings().waitingInterval().toNanos());
            if (serving.closing().get()) {
                return refuse(ErrorCode.SHUTTING_DOWN) ? Next.REQUEST : Next.CLOSE;
            }
            if (here == PieceSource.Await.TIMEOUT) {
                sender.frame(Wire.WAITING, block, 0);
            }
        }
        if (serving.closing().get()) {
            return refuse(ErrorCode.SHUTTING_DOWN) ? Next.REQUEST : Next.CLOSE;
        }
        int length = content.blockLength(block);
        if (length < 0) {
            sender.frame(Wire.END, block, 0);
            return Next.REQUEST;
        }
        if (here == PieceSource.Await.ENDED) {
            sender.error(ErrorCode.NOT_AVAILABLE);
            return Next.REQUEST;
        }
        if (!takeSlot(block)) {
            sender.error(ErrorCode.BUSY);
            return Next.REQUEST;
        }
        try {
            sender.block(content, block, length);
        } finally {
            serving.slots().release();
        }
        return Next.BLOCK;
    }

    /// Waits for an upload slot, and tells the requester so.
    ///
    /// @return false if there was none for too long
    private boolean takeSlot(int block) throws IOException {
        if (serving.slots().tryAcquire()) {
            return true;
        }
        serving.counters().add(SLOT_WAITS, 1);
        long interval = serving.settings().waitingInterval().toNanos();
        long since = serving.nanoTime().getAsLong();
        UploadSlots.Turn turn = serving.slots().enqueue();
        boolean granted = false;
        try {
            sender.flush();
            granted = turn.await(interval);
            while (!granted) {
                long waited = serving.nanoTime().getAsLong() - since;
                if (waited >= serving.settings().slotTimeout().toNanos()) {
                    return false;
                }
                sender.frame(Wire.WAITING, block, 0);
                sender.flush();
                granted = turn.await(interval);
            }
            return true;
        } finally {
            if (!granted) {
                turn.abandon();
            }
        }
    }
}
