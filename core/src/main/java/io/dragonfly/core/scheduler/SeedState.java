// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.core.scheduler;

/// The seed's slots, over all versions; crossings into IDCs have their own.
///
/// Nobody says how fast the seed's uplink is, nor the peers' downlinks. Too many slots make flows
/// that are slow and take the peers' slots away for a long time; with too few the seed cannot send
/// what it could. So the seed looks for the fewest slots that still send the most: it doubles them
/// while that sends clearly more, goes back when it does not, and now and then tries again in both
/// directions. The measure is the time from the offer of a range to its first verified block while
/// all slots are in use: slots divided by that time is what the seed sends.
final class SeedState {
    /// Twice the slots must send more than this times as much, or half of them are as good.
    private static final double GAIN = 1.4;

    /// Where twice the slots send so much more, the uplink does not limit at all.
    private static final double PROPORTIONAL = 1.7;

    /// The part of the budget for ranges of which there are several copies.
    private static final double COMMON = 0.7;

    private static final int MIN_SAMPLES = 6;
    private static final long FIRST_REST = 20_000_000_000L;
    private static final long LONGEST_REST = 300_000_000_000L;

    private final SchedulerSettings settings;
    int slots;
    int used;

    private long usualNanos;
    private boolean fixed;

    /// What was known to be best when the slots were last changed; 0 where nothing is tried.
    private int settled;

    private double settledRate;
    private int trial = 1;
    private int samples;
    private double nanos;
    private boolean resting;
    private long restUntil;
    private long rest = FIRST_REST;

    SeedState(SchedulerSettings settings) {
        this.settings = settings;
        this.slots = settings.seedSlots();
    }

    /// Somebody knows better.
    void fix(int upload) {
        slots = Math.clamp(upload, 1, settings.maxSeedSlots());
        fixed = true;
    }

    /// More than the slots where ranges are quick, as with peers.
    int limit() {
        if (fixed) {
            return slots;
        }
        return Math.min(settings.maxSeedSlots(), (int) (slots * PeerState.boost(usualNanos)));
    }

    /// A range of the seed took so long from the offer to its end.
    void completed(long took) {
        usualNanos = PeerState.smoothed(usualNanos, took);
    }

    boolean free() {
        return used < limit();
    }

    /// See [PeerState#load].
    int load() {
        return (used + 1) * 1024 / limit();
    }

    /// Whether the seed may send what peers have, as far as that is said by the budget: a part of
    /// it is kept for ranges of which there is one copy, or one slow peer could hold up all others
    /// in the end.
    boolean mayRepeat(Zone.Domain domain, Swarm swarm, int copies) {
        double share = settings.seedBudget() - 1;
        return domain.repeatedBlocks < swarm.blocks * (copies > 1 ? share * COMMON : share);
    }

    void began(Flight flight) {
        used++;
        flight.trial = used >= limit() ? trial : 0;
    }

    void started(Flight flight, long now) {
        if (fixed || flight.trial != trial || used < limit()) {
            return;
        }
        samples++;
        nanos += now - flight.offeredNanos;
        if (samples < MIN_SAMPLES) {
            return;
        }
        double rate = limit() * samples / nanos;
        if (settled == 0) {
            // Nothing is tried: this is how it goes at present.
            if (!resting || now - restUntil >= 0) {
                attempt(slots / 2, rate);
            } else {
                measureAgain();
            }
        } else if (slots < settled) {
            if (GAIN * rate > settledRate) {
                attempt(slots / 2, rate);
            } else {
                double gain = settledRate / rate;
                slots = settled;
                if (gain > PROPORTIONAL) {
                    attempt(slots * 2, settledRate);
                } else {
                    rest(now);
                }
            }
        } else if (rate > GAIN * settledRate) {
            attempt(slots * 2, rate);
        } else {
            slots = settled;
            rest(now);
        }
    }

    private void attempt(int to, double rate) {
        int limited = Math.clamp(to, settings.downloadSlots(), settings.maxSeedSlots());
        settled = limited == slots ? 0 : slots;
        settledRate = rate;
        slots = limited;
        measureAgain();
    }

    private void rest(long now) {
        settled = 0;
        resting = true;
        restUntil = now + rest;
        rest = Math.min(LONGEST_REST, rest * 2);
        measureAgain();
    }

    private void measureAgain() {
        trial++;
        samples = 0;
        nanos = 0;
    }
}
