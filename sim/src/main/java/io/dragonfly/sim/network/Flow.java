// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.sim.network;

import io.dragonfly.core.model.Geometry;
import io.dragonfly.sim.engine.Due;
import io.dragonfly.sim.engine.Timeline;

import org.jspecify.annotations.Nullable;

/// Consecutive blocks on their way from one host to another. A block leaves when its sender has it
/// and a window is not full; it goes in portions through the sender's uplink, maybe a thin link,
/// and the receiver's downlink.
public final class Flow implements Due {
    private static final int READY = 0;
    private static final int THROUGH_THIN = 1;
    private static final int ARRIVED = 2;
    private static final int KIND_BITS = 2;
    private static final int LAST = 1 << KIND_BITS;
    private static final int SLOT_SHIFT = KIND_BITS + 1;
    private static final int SLOT_BITS = 10;
    private static final int SIZE_SHIFT = SLOT_SHIFT + SLOT_BITS;
    private static final long UNKNOWN = Long.MAX_VALUE;

    private final Timeline timeline;
    private final Path path;
    private final FlowSource source;
    private final FlowSink sink;
    private final Geometry geometry;
    private final int id;
    private final int portions;

    /// When the portions of a window that were sent last are through.
    private final long[] through;

    private int block;
    private int portion;
    private int end;
    private int arriving;
    private int slot;
    private boolean busy;
    private boolean closed;

    /// What bytes go through on their way.
    ///
    /// @param thin link into an IDC, or null
    /// @param weight of the flow among others at the uplink, up to 1
    public record Path(
            Uplink up, @Nullable Line thin, Line down, long latencyNanos, double weight) {}

    /// @param id the receiver's number for it
    public Flow(
            Timeline timeline,
            NetworkSettings settings,
            Path path,
            FlowSource source,
            FlowSink sink,
            Geometry geometry,
            int id,
            int firstBlock,
            int endBlock) {
        this.timeline = timeline;
        this.path = path;
        this.source = source;
        this.sink = sink;
        this.geometry = geometry;
        this.id = id;
        double bytes = settings.portion() * path.weight();
        this.portions = (int) Math.max(1, Math.round(geometry.blockSize() / bytes));
        this.through = new long[portions * settings.windowBlocks()];
        this.block = firstBlock;
        this.arriving = firstBlock;
        this.end = endBlock;
    }

    public int id() {
        return id;
    }

    public FlowSource source() {
        return source;
    }

    public FlowSink sink() {
        return sink;
    }

    public boolean closed() {
        return closed;
    }

    /// The block that arrives next.
    public int arriving() {
        return arriving;
    }

    /// Whether the sender lacks what it is to send next.
    public boolean waitsForSource() {
        return !closed && !busy && block < end && portion == 0 && !source.has(block);
    }

    /// The sender begins, or has got a block that it may be waiting for.
    public void available() {
        if (closed || busy || block >= end || (portion == 0 && !source.has(block))) {
            return;
        }
        long at = through[slot];
        if (at == UNKNOWN) {
            return;
        }
        busy = true;
        if (at > timeline.now()) {
            timeline.at(at, this, READY);
        } else {
            path.up().ready(this);
        }
    }

    /// Ends it after the block that arrives next.
    public void stopAtNextBlock() {
        end = Math.min(end, arriving + 1);
    }

    /// Nothing more is sent, and nothing of what is on its way arrives.
    public void close() {
        if (!closed) {
            closed = true;
            path.down().forget(timeline.now(), (long) onTheirWay() * portionBytes(arriving));
        }
    }

    private int onTheirWay() {
        int count = 0;
        for (long at : through) {
            count += at != UNKNOWN && at > timeline.now() ? 1 : 0;
        }
        return count;
    }

    /// Whether bytes are on their way.
    public boolean moves() {
        return busy || onTheirWay() > 0;
    }

    int portionBytes() {
        return portionBytes(block);
    }

    private int portionBytes(int of) {
        int length = geometry.blockLength(Math.min(of, geometry.blocks() - 1));
        return (length + portions - 1) / portions;
    }

    /// A portion has left the sender.
    void left(int bytes, long since) {
        busy = false;
        int last = portion + 1 == portions ? LAST : 0;
        int mine = slot;
        slot = (slot + 1) % through.length;
        if (last == 0) {
            portion++;
        } else {
            portion = 0;
            block++;
        }
        Line thin = path.thin();
        if (thin == null) {
            down(mine, last, bytes, since);
        } else {
            through[mine] = UNKNOWN;
            int what = bytes << SIZE_SHIFT | mine << SLOT_SHIFT | last | THROUGH_THIN;
            timeline.at(thin.through(since, timeline.now(), bytes), this, what);
        }
        available();
    }

    private void down(int mine, int last, int bytes, long since) {
        if (closed) {
            return;
        }
        long at = path.down().through(since, timeline.now(), bytes) + path.latencyNanos();
        // The sender hears of it one way later.
        through[mine] = at + path.latencyNanos();
        if (last != 0) {
            timeline.at(at, this, ARRIVED);
        }
    }

    @Override
    public void due(int what) {
        if (closed) {
            return;
        }
        switch (what & (LAST - 1)) {
            case READY -> path.up().ready(this);
            case THROUGH_THIN -> {
                int mine = what >> SLOT_SHIFT & ((1 << SLOT_BITS) - 1);
                down(mine, what & LAST, what >>> SIZE_SHIFT, timeline.now());
                available();
            }
            case ARRIVED -> arrived();
            default -> throw new IllegalStateException("no such event: " + what);
        }
    }

    private void arrived() {
        if (arriving >= end) {
            return;
        }
        int here = arriving++;
        sink.arrived(this, here);
        if (!closed && arriving >= end) {
            closed = true;
            sink.completed(this);
        }
    }
}
