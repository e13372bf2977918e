// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.core.scheduler;

import io.dragonfly.core.model.PeerId;
import io.dragonfly.core.model.VersionId;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;

/// Measures what a decision costs: all peers want 200 ranges, every offer is followed by its two
/// reports in random order. Prints decisions and reports per second of CPU; not a test, because
/// that depends on the machine.
final class SimSpeed {
    private static final int RANGES = 200;
    private static final VersionId VERSION = Sketch.version(1);

    private record Going(PeerId peer, int range, boolean started) {}

    private SimSpeed() {}

    public static void main(String[] args) {
        for (int peers : new int[] {1000, 10_000}) {
            for (int idcs : new int[] {0, 10}) {
                for (int round = 0; round < 2; round++) {
                    run(peers, idcs);
                }
            }
        }
    }

    private static void run(int peers, int idcs) {
        SplittableRandom random = new SplittableRandom(peers);
        Scheduler scheduler = new Scheduler(SchedulerSettings.DEFAULTS, random.split());
        List<Going> going = new ArrayList<>();
        long begin = cpuNanos();
        long reports = 0;
        long offers = 0;
        long now = 0;
        scheduler.on(new Event.SwarmOpened(VERSION, Sketch.geometry(RANGES)), now);
        for (int r = 0; r < RANGES; r++) {
            scheduler.on(new Event.SeedHas(VERSION, r), now);
        }
        for (int i = 0; i < peers; i++) {
            PeerId id = new PeerId("peer" + i);
            String idc = idcs == 0 ? "" : "idc" + i % idcs;
            scheduler.on(
                    new Event.PeerUp(id, id.value(), id.value(), new Placement("", idc, ""), true),
                    now);
            offers +=
                    take(
                            scheduler.on(new Event.Joined(id, VERSION, new BitSet(), true, 0), now),
                            going);
        }
        while (!going.isEmpty()) {
            int index = random.nextInt(going.size());
            Going one = going.get(index);
            Event event;
            if (one.started()) {
                going.set(index, going.getLast());
                going.removeLast();
                event = new Event.Done(one.peer(), VERSION, one.range());
            } else {
                going.set(index, new Going(one.peer(), one.range(), true));
                event = new Event.Started(one.peer(), VERSION, one.range());
            }
            now += 100_000;
            reports++;
            offers += take(scheduler.on(event, now), going);
        }
        double seconds = (cpuNanos() - begin) / 1e9;
        System.out.printf(
                "%6d peers, %2d IDCs: %,d reports and %,d offers in %.1f CPU-s: %,.0f per CPU-s%n",
                peers, idcs, reports, offers, seconds, (reports + offers) / seconds);
    }

    private static long cpuNanos() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    private static int take(List<Command> commands, List<Going> going) {
        int offers = 0;
        for (Command command : commands) {
            if (command instanceof Command.Offer offer) {
                // An offer for what is on its way already only changes the parent.
                if (offer.block() == Sketch.geometry(-1).firstBlockOfRange(offer.range())) {
                    going.add(new Going(offer.peer(), offer.range(), false));
                }
                offers++;
            }
        }
        return offers;
    }
}
