// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.core.download;

import io.dragonfly.core.protocol.FromPeer;

import java.util.Optional;

/// How many ranges a peer asks to have in flight, from what it sees: where a range takes less time
/// than a few round trips of the control stream, more of them must be under way to keep the link
/// busy; where it takes long, four suffice and surplus ones only unbalance the swarm
/// (docs/design/scheduling.md). Not thread-safe: owned by one session, under its lock.
public final class SlotControl {
    static final int MIN_SLOTS = 4;
    static final int MAX_SLOTS = 16;

    /// Flows that are looked at before a change.
    private static final int SAMPLE = 4;

    private static final long SHORT_NANOS = 60_000_000L;
    private static final long LONG_NANOS = 300_000_000L;

    private int slots = MIN_SLOTS;
    private int told = MIN_SLOTS;
    private int sampled;
    private long sampledNanos;

    private long bytes;
    private long rateSinceNanos;
    private long bytesPerSecond;

    /// Bytes of any flow came in.
    public void received(int count, long nowNanos) {
        bytes += count;
        long elapsed = nowNanos - rateSinceNanos;
        if (elapsed > 1_000_000_000L) {
            bytesPerSecond = (long) (bytes * 1e9 / elapsed);
            bytes = 0;
            rateSinceNanos = nowNanos;
        }
    }

    /// Over the last full second and more; 0 where nothing is known yet.
    public long bytesPerSecond() {
        return bytesPerSecond;
    }

    /// Takes the time of a flow that delivered something; answers what to tell the supernode, if
    /// anything changed.
    public Optional<FromPeer> flowEnded(long nanos) {
        sampled++;
        sampledNanos += nanos;
        if (sampled < SAMPLE) {
            return Optional.empty();
        }
        long mean = sampledNanos / sampled;
        sampled = 0;
        sampledNanos = 0;
        if (mean < SHORT_NANOS) {
            slots = Math.min(MAX_SLOTS, slots * 2);
        } else if (mean > LONG_NANOS) {
            slots = Math.max(MIN_SLOTS, slots / 2);
        }
        if (slots == told) {
            return Optional.empty();
        }
        told = slots;
        return Optional.of(new FromPeer.Slots(slots, slots));
    }
}
