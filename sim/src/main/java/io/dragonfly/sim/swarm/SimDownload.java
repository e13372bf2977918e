// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.sim.swarm;

import io.dragonfly.core.download.DownloadEvent;
import io.dragonfly.core.model.Geometry;
import io.dragonfly.core.model.Sha256;
import io.dragonfly.core.model.VersionId;
import io.dragonfly.core.protocol.FailureReason;
import io.dragonfly.core.scheduler.Event;
import io.dragonfly.sim.engine.BrokenInvariant;
import io.dragonfly.sim.network.Flow;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/// One content wanted by one host: asks supernodes in order, follows a version until it is
/// complete, goes to the origin when nobody else can help, and serves what it has. Does what
/// `TaskDownload` does around the production decisions.
public final class SimDownload implements BlockHolder {
    private static final int MAX_RESTARTS = 5;

    private final World world;
    private final SimHost host;
    private final int content;
    private final Asking asking;
    private final SimDisk disk;
    private final BitSet stored = new BitSet();
    private final List<Flow> uploads = new ArrayList<>(4);
    private @Nullable SimVersion version;
    private @Nullable SimSession session;
    private @Nullable SourceRead source;
    private int restarts;
    private int life;
    private boolean complete;
    private @Nullable String failure;

    SimDownload(World world, SimHost host, int content) {
        this.world = world;
        this.host = host;
        this.content = content;
        this.asking = new Asking(world, this);
        this.disk = new SimDisk(world, host.hostClass().traits());
    }

    SimHost host() {
        return host;
    }

    int content() {
        return content;
    }

    BitSet stored() {
        return stored;
    }

    /// Blocks that are here.
    public BitSet blocks() {
        return (BitSet) stored.clone();
    }

    public boolean complete() {
        return complete;
    }

    /// What is followed, or null.
    @Nullable SimVersion version() {
        return version;
    }

    @Nullable String failure() {
        return failure;
    }

    @Nullable SimSession session() {
        return session;
    }

    boolean follows(VersionId id) {
        return version != null && version.id().equals(id);
    }

    /// How often it has started again.
    int life() {
        return life;
    }

    /// Whether it looks for a supernode no more.
    boolean looksNoMore() {
        return !host.running() || failure != null || source != null;
    }

    private boolean over() {
        return complete || failure != null;
    }

    // The life.

    void start() {
        asking.begin();
    }

    void crash() {
        life++;
        if (session != null) {
            session.abandon();
            session = null;
        }
        if (source != null) {
            source.stop();
            source = null;
        }
        for (Flow flow : List.copyOf(uploads)) {
            flow.close(); // the other side hears nothing
        }
        uploads.clear();
        disk.crash(stored);
        if (complete && version != null && stored.cardinality() < version.geometry().blocks()) {
            complete = false;
        }
    }

    void restart() {
        asking.answered();
        restarts = 0;
        asking.begin();
    }

    void registered(SimStream stream, SimVersion now, boolean inline) {
        if (failure != null || source != null) {
            return;
        }
        asking.answered();
        follow(now);
        if (inline) {
            stored.set(0, now.geometry().blocks());
            done();
            return;
        }
        SimSession current = new SimSession(world, this, stream, now);
        session = current;
        BitSet ranges = new BitSet();
        List<Integer> partial = claims(now.geometry(), ranges);
        boolean wants = !complete;
        stream.toSupernode(
                MessageSizes.ANNOUNCE + partial.size() * 5,
                () -> stream.supernode.announce(stream, now, ranges, partial, wants));
        if (now.geometry().blocks() == 0) {
            done();
        }
    }

    private void follow(SimVersion now) {
        if (session != null) {
            session.abandon();
        }
        if (version == null || !version.id().equals(now.id())) {
            stored.clear();
            disk.forget();
            for (Flow flow : List.copyOf(uploads)) {
                ((SimSession) flow.sink()).broken(flow, FailureReason.UNKNOWN_VERSION);
            }
            uploads.clear();
        }
        version = now;
    }

    private List<Integer> claims(Geometry geometry, BitSet ranges) {
        List<Integer> partial = new ArrayList<>();
        int last = -1;
        for (int b = stored.nextSetBit(0); b >= 0; b = stored.nextSetBit(b + 1)) {
            int range = geometry.rangeOfBlock(b);
            int end = geometry.endBlockOfRange(range);
            if (b == geometry.firstBlockOfRange(range) && stored.nextClearBit(b) >= end) {
                ranges.set(range);
                b = end - 1;
            } else if (geometry.pieceOfBlock(b) != last) {
                last = geometry.pieceOfBlock(b);
                partial.add(last);
            }
        }
        return partial;
    }

    void refused(SimStream stream, boolean mayAskOrigin, long againMillis) {
        if (over() || source != null) {
            return;
        }
        if (mayAskOrigin && host.hostClass().traits().backToSource()) {
            readOrigin(stream);
        } else {
            asking.later(
                    againMillis * 1_000_000
                            + world.waits().nextLong(againMillis * 250_000 + 1_000_000_000L));
        }
    }

    void givenUp(SimVersion ended, String code) {
        if (over() || !follows(ended.id())) {
            return;
        }
        restarts++;
        if (restarts > MAX_RESTARTS) {
            fail(code);
        } else {
            asking.begin();
        }
    }

    void supernodeLost(SimSupernode which) {
        SimSession current = session;
        if (current == null || current.stream().supernode == which) {
            if (current != null) {
                current.supernodeLost();
            }
            long spread = (1000 + 10L * host.swarm()) * 1_000_000;
            asking.later(world.waits().nextLong(spread + 1));
        }
    }

    /// @param turn that a supernode granted; null: nobody answers
    void readOrigin(@Nullable SimStream turn) {
        if (session != null) {
            session.abandon();
            session = null;
        }
        source =
                new SourceRead(
                        world,
                        this,
                        read -> {
                            source = null;
                            if (turn != null) {
                                turn.toSupernode(
                                        MessageSizes.SLOTS,
                                        () -> turn.supernode.turnOver(content, host.id()));
                            }
                            if (read != null) {
                                follow(read);
                                stored.set(0, read.geometry().blocks());
                                done();
                            } else {
                                fail("origin-network");
                            }
                        });
    }

    void fail(String why) {
        if (failure == null && !complete) {
            failure = why;
            if (session != null) {
                session.leave();
            }
            host.downloadOver();
        }
    }

    private void done() {
        if (!complete && failure == null) {
            complete = true;
            host.downloadOver();
        }
    }

    // What the session wants done.

    void said(SimSupernode from, DownloadEvent event) {
        if (session != null && session.stream().supernode == from) {
            session.on(event);
        }
    }

    void limited(int bytes, Runnable then) {
        host.limited(bytes, then);
    }

    long writtenAt(int bytes) {
        return disk.writtenAt(bytes);
    }

    void store(int block) {
        stored.set(block);
        disk.stored(block);
    }

    void drop(int block) {
        stored.clear(block);
    }

    void blockVerified(int block) {
        for (int i = 0; i < uploads.size(); i++) {
            uploads.get(i).available();
        }
        if (session != null && session.complete()) {
            done();
        }
    }

    void recheck(int firstBlock, int endBlock) {
        SimSession current = session;
        if (current != null) {
            // Nothing went bad on this disk. A liar says the same.
            current.report(
                    MessageSizes.RECHECKED,
                    new Event.Rechecked(host.id(), current.version().id(), firstBlock, List.of()));
        }
    }

    /// What is complete must be what the origin has, or had.
    void check() {
        if (complete && version != null) {
            BrokenInvariant.unless(
                    stored.cardinality() == version.geometry().blocks(),
                    "%s says it is complete and has %d of %d blocks",
                    host.id(),
                    stored.cardinality(),
                    version.geometry().blocks());
        }
    }

    // What others get.

    @Override
    public boolean has(int block) {
        SimVersion mine = version;
        return stored.get(block)
                && (world.cutThrough()
                        || (mine != null && SimSwarm.complete(mine.geometry(), stored, block)));
    }

    @Override
    public @Nullable FailureReason accept(Flow flow) {
        if (!host.running()) {
            return FailureReason.UNREACHABLE;
        }
        uploads.add(flow);
        return null;
    }

    @Override
    public void released(Flow flow) {
        uploads.remove(flow);
    }

    int uploads() {
        return uploads.size();
    }

    List<Flow> uploadsNow() {
        return List.copyOf(uploads);
    }

    @Override
    public @Nullable List<Sha256> pieceBlocks(int piece) {
        SimVersion mine = version;
        if (complete && mine != null) {
            return mine.blocksOfPiece(piece);
        }
        return session == null ? null : session.expectedBlocks(piece);
    }

    @Override
    public Sha256 sent(int block) {
        SimVersion mine = version;
        if (mine == null || host.hostClass().traits().lies()) {
            return WRONG;
        }
        return mine.blocks().get(block);
    }

    private static final Sha256 WRONG = Sha256.of(new byte[0]);

    @Override
    public boolean responds() {
        return host.responds();
    }
}
