// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.sim.quantum;

import io.dragonfly.core.model.Geometry;
import io.dragonfly.core.model.PeerId;
import io.dragonfly.core.scheduler.Command;
import io.dragonfly.core.scheduler.Event;
import io.dragonfly.core.scheduler.Placement;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A host of a [QuantumSwarm]: does what it is offered, serves blocks as they are verified, reports
/// in batches, and says which of its ranges are much slower than the others.
final class QuantumPeer implements QuantumNetwork.Received {
    private static final long BATCH = 10 * QuantumSwarm.MILLI;
    private static final long REQUEST_LATENCY = 2 * QuantumSwarm.MILLI;
    private static final long WATCH = 250 * QuantumSwarm.MILLI;

    final QuantumSwarm sim;
    final QuantumSwarm.Host host;
    final PeerId id;
    final QuantumNetwork.Uplink uplink;
    final QuantumNetwork.Link downlink;
    final BitSet blocks = new BitSet();
    final List<Upload> uploads = new ArrayList<>();
    long doneNanos = -1;

    private final Map<Integer, Fetch> fetches = new LinkedHashMap<>();
    private final List<Event> batch = new ArrayList<>();
    private boolean batching;
    private int next;

    QuantumPeer(QuantumSwarm sim, QuantumSwarm.Host host, PeerId id) {
        this.sim = sim;
        this.host = host;
        this.id = id;
        this.uplink = sim.network.new Uplink(host.up());
        this.downlink = new QuantumNetwork.Link(host.down());
    }

    /// A flow as its sender sees it.
    record Upload(QuantumNetwork.Flow flow, Geometry geometry) {
        /// The sender has these blocks.
        void update(BitSet blocks) {
            int block = (int) (flow.available / geometry.blockSize());
            if (flow.available < flow.end && blocks.get(block)) {
                int end = blocks.nextClearBit(block);
                flow.available(Math.min(flow.end, (long) end * geometry.blockSize()));
            }
        }

        boolean over() {
            return flow.sent >= flow.end;
        }
    }

    /// A range on its way here; two flows for a moment when the parent changes.
    private static final class Fetch {
        final int range;
        PeerId parent;
        final List<Upload> flows = new ArrayList<>();
        int requests;
        long bytes;
        long watchedBytes;
        long since;
        int slowWatches;

        Fetch(int range, PeerId parent, long now) {
            this.range = range;
            this.parent = parent;
            this.since = now;
        }
    }

    void start() {
        sim.report(
                new Event.PeerUp(
                        id, id.value(), id.value(), new Placement("", host.idc(), ""), true));
        if (host.downloadSlots() > 0) {
            sim.report(new Event.SlotsChanged(id, host.downloadSlots(), host.uploadSlots()));
        }
        sim.report(new Event.Joined(id, sim.version, new BitSet(), true, 0));
        sim.network.after(WATCH, this::watch);
    }

    void offered(Command.Offer offer) {
        int range = offer.range();
        Geometry geometry = sim.geometry;
        int end = geometry.endBlockOfRange(range);
        Fetch fetch = fetches.get(range);
        int from = geometry.firstBlockOfRange(range);
        while (from < end && blocks.get(from)) {
            from++;
        }
        if (from == end) {
            return;
        }
        if (fetch == null) {
            fetch = new Fetch(range, offer.parent(), sim.network.now);
            fetches.put(range, fetch);
        } else {
            for (Upload old : fetch.flows) {
                int boundary =
                        (int) ((old.flow().sent + geometry.blockSize() - 1) / geometry.blockSize());
                if (old.flow().sent < old.flow().end) {
                    from = Math.max(from, boundary);
                    old.flow().end = Math.min(old.flow().end, sim.offset(boundary));
                }
            }
            fetch.parent = offer.parent();
            fetch.since = sim.network.now;
            fetch.watchedBytes = fetch.bytes;
            fetch.slowWatches = 0;
        }
        if (from >= end) {
            return;
        }
        Fetch asked = fetch;
        int first = from;
        int request = ++fetch.requests;
        sim.network.after(
                REQUEST_LATENCY,
                () -> {
                    if (request == asked.requests) {
                        asked.flows.add(sim.upload(offer.parent(), this, first, end));
                    }
                });
    }

    void cancelled(Command.Cancel cancel) {
        Fetch fetch = fetches.get(cancel.range());
        if (fetch != null && fetch.parent.equals(cancel.parent())) {
            fetch.requests++;
            fetch.flows.forEach(f -> f.flow().stop());
            fetches.remove(cancel.range());
        }
    }

    @Override
    public void received(QuantumNetwork.Flow flow) {
        Geometry geometry = sim.geometry;
        int last = (int) ((flow.received - 1) / geometry.blockSize());
        int range = geometry.rangeOfBlock(last);
        Fetch fetch = fetches.get(range);
        if (fetch != null) {
            fetch.bytes += QuantumNetwork.QUANTUM;
        }
        boolean whole = flow.received == sim.offset(last + 1);
        // Bytes are in order, so a block is whole when its last byte is here.
        int verified = whole ? last : last - 1;
        if (sim.offset(verified) < flow.start || blocks.get(verified)) {
            return;
        }
        boolean started = rangeBlocks(range) > 0;
        blocks.set(verified);
        for (Upload upload : uploads) {
            upload.update(blocks);
        }
        int size = geometry.endBlockOfRange(range) - geometry.firstBlockOfRange(range);
        if (rangeBlocks(range) == size) {
            fetches.remove(range);
            report(new Event.Done(id, sim.version, range));
            moveNext();
            if (blocks.cardinality() == geometry.blocks()) {
                doneNanos = sim.network.now;
                sim.unfinished--;
            }
        } else if (!started) {
            report(new Event.Started(id, sim.version, range));
        }
    }

    private void moveNext() {
        int missing = blocks.nextClearBit(0);
        int now =
                missing < sim.geometry.blocks()
                        ? sim.geometry.rangeOfBlock(missing)
                        : sim.geometry.ranges();
        if (now != next) {
            next = now;
            report(new Event.Needs(id, sim.version, next));
        }
    }

    private int rangeBlocks(int range) {
        int count = 0;
        for (int b = sim.geometry.firstBlockOfRange(range);
                b < sim.geometry.endBlockOfRange(range);
                b++) {
            count += blocks.get(b) ? 1 : 0;
        }
        return count;
    }

    /// The first at once, then together what comes within the batch time.
    private void report(Event event) {
        if (batching) {
            batch.add(event);
            return;
        }
        batching = true;
        sim.report(event);
        sim.network.after(BATCH, this::flush);
    }

    private void flush() {
        batching = !batch.isEmpty();
        if (batching) {
            batch.forEach(sim::report);
            batch.clear();
            sim.network.after(BATCH, this::flush);
        }
    }

    private void watch() {
        if (doneNanos >= 0) {
            return;
        }
        sim.network.after(WATCH, this::watch);
        long now = sim.network.now;
        double sum = 0;
        int count = 0;
        for (Fetch fetch : fetches.values()) {
            sum += fetch.bytes - fetch.watchedBytes;
            count++;
        }
        for (Fetch fetch : fetches.values()) {
            long got = fetch.bytes - fetch.watchedBytes;
            boolean slow = count > 1 && now - fetch.since >= WATCH && got < sum / count / 3;
            fetch.slowWatches = slow ? fetch.slowWatches + 1 : 0;
            fetch.watchedBytes = fetch.bytes;
            int block = firstMissing(fetch.range) + 1;
            int left = sim.geometry.endBlockOfRange(fetch.range) - block;
            if (fetch.slowWatches >= 2 && left >= 1) {
                sim.report(new Event.Slow(id, sim.version, fetch.range, fetch.parent, block));
            }
        }
    }

    private int firstMissing(int range) {
        return blocks.nextClearBit(sim.geometry.firstBlockOfRange(range));
    }
}
