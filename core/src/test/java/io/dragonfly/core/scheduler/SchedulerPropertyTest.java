// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.core.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import io.dragonfly.core.model.PeerId;
import io.dragonfly.core.model.VersionId;
import io.dragonfly.core.protocol.FailureReason;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;

final class SchedulerPropertyTest {
    private static final int KIB = 1024;
    private static final long MILLI = 1_000_000;

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void allRulesHoldAfterEveryEventOfARandomHistory(int topology) {
        for (long seed = 1; seed <= 40; seed++) {
            History history = new History(seed * 4 + topology, topology);
            try {
                history.run(400, true);
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError(
                        "seed %d topology %d after %s".formatted(seed, topology, history.last()),
                        e);
            }
        }
    }

    @Test
    void theSameHistoryGivesTheSameCommands() {
        for (long seed = 1; seed <= 5; seed++) {
            long first = new History(seed, 3).run(600, false);
            long second = new History(seed, 3).run(600, false);
            assertThat(first).as("seed %d", seed).isEqualTo(second);
        }
    }

    /// Random events, half of them what peers would really say, the others whatever.
    private static final class History {
        private final SplittableRandom random;
        private final Scheduler scheduler;
        private final State state;
        private final Invariants invariants;
        private final int topology;
        private final List<Event> events = new ArrayList<>();
        private long now;
        private long hash;
        private int peers;
        private int versions;

        History(long seed, int topology) {
            this.random = new SplittableRandom(seed);
            this.topology = topology;
            SchedulerSettings settings =
                    SchedulerSettings.DEFAULTS
                            .withSlots(
                                    1 + random.nextInt(4),
                                    1 + random.nextInt(4),
                                    1 + random.nextInt(6))
                            .withLimits(14, 3, 2);
            if (topology == 2) {
                settings = settings.withSeedPlacement(new Placement("", "a", ""));
            }
            this.scheduler = new Scheduler(settings, random.split());
            this.state = scheduler.state();
            this.invariants = new Invariants(scheduler);
        }

        String last() {
            return events.subList(Math.max(0, events.size() - 5), events.size()).toString();
        }

        long run(int steps, boolean check) {
            for (int i = 0; i < steps; i++) {
                Event event = next();
                events.add(event);
                now +=
                        random.nextInt(10) == 0
                                ? random.nextLong(20_000 * MILLI)
                                : random.nextLong(50 * MILLI);
                List<Command> commands = scheduler.on(event, now);
                hash = hash * 31 + commands.hashCode();
                if (check) {
                    invariants.check(commands);
                }
                assertThat(state.peers.size()).isLessThanOrEqualTo(14);
                assertThat(state.swarms.size()).isLessThanOrEqualTo(3);
            }
            return hash;
        }

        private Event next() {
            int kind = random.nextInt(100);
            Flight flight = flight();
            if (flight != null && kind < 60) {
                return ofFlight(flight, kind);
            }
            PeerId peer = peer();
            VersionId version = version();
            int range = random.nextInt(45);
            return switch (kind % 14) {
                case 0, 1 ->
                        new Event.PeerUp(
                                new PeerId("p" + peers++),
                                "h" + random.nextInt(6),
                                random.nextInt(4) == 0 ? "" : "a" + random.nextInt(3),
                                placement(),
                                random.nextInt(5) > 0);
                case 2 -> random.nextInt(4) == 0 ? new Event.PeerDown(peer) : new Event.Tick();
                case 3 ->
                        random.nextInt(3) == 0
                                ? new Event.Reachable(peer, random.nextBoolean())
                                : new Event.SlotsChanged(
                                        peer, random.nextInt(6), random.nextInt(6));
                case 4 ->
                        new Event.SwarmOpened(
                                Sketch.version(versions++ % 5),
                                Sketch.geometry(random.nextInt(3) == 0 ? -1 : random.nextInt(45)));
                case 5, 6, 7 -> new Event.SeedHas(version, range);
                case 8, 9, 10 ->
                        new Event.Joined(
                                peer, version, bits(), random.nextInt(6) > 0, random.nextInt(20));
                case 11 ->
                        random.nextInt(3) == 0
                                ? new Event.Left(peer, version)
                                : new Event.Needs(peer, version, range);
                case 12 ->
                        switch (random.nextInt(12)) {
                            case 0 -> new Event.SwarmClosed(version);
                            case 1, 2, 3 ->
                                    new Event.Rechecked(
                                            peer,
                                            version,
                                            range * 4,
                                            random.nextBoolean() ? List.of() : List.of(range));
                            default -> new Event.Done(peer, version, range);
                        };
                default ->
                        random.nextInt(5) == 0
                                ? new Event.LengthKnown(version, random.nextLong(45L * 4 * KIB))
                                : new Event.Started(peer, version, range);
            };
        }

        private Event ofFlight(Flight flight, int kind) {
            PeerId child = flight.child.peer.id;
            VersionId version = flight.child.swarm.version;
            PeerId parent = Blame.parentId(flight);
            int first = flight.child.swarm.firstBlock(flight.range);
            int block = first + random.nextInt(4);
            if (kind < 25) {
                return new Event.Started(child, version, flight.range);
            }
            if (kind < 32) {
                return new Event.Ending(child, version, flight.range);
            }
            if (kind < 48) {
                return new Event.Done(child, version, flight.range);
            }
            if (kind < 54) {
                return new Event.Slow(child, version, flight.range, parent, block);
            }
            FailureReason[] reasons = FailureReason.values();
            FailureReason reason = reasons[random.nextInt(reasons.length)];
            return new Event.Failed(child, version, flight.range, parent, reason, block);
        }

        private @Nullable Flight flight() {
            List<Flight> flights = new ArrayList<>();
            for (Swarm swarm : state.swarms.values()) {
                swarm.members.values().forEach(m -> flights.addAll(m.flights));
            }
            return flights.isEmpty() ? null : flights.get(random.nextInt(flights.size()));
        }

        private PeerId peer() {
            List<PeerId> ids = List.copyOf(state.peers.keySet());
            return ids.isEmpty() || random.nextInt(20) == 0
                    ? new PeerId("p" + random.nextInt(30))
                    : ids.get(random.nextInt(ids.size()));
        }

        private VersionId version() {
            List<VersionId> ids = List.copyOf(state.swarms.keySet());
            return ids.isEmpty() ? Sketch.version(0) : ids.get(random.nextInt(ids.size()));
        }

        private BitSet bits() {
            BitSet bits = new BitSet();
            if (random.nextInt(3) == 0) {
                for (int i = 0; i < 45; i++) {
                    bits.set(i, random.nextBoolean());
                }
            }
            return bits;
        }

        private Placement placement() {
            return switch (topology) {
                case 0 -> Placement.NOWHERE;
                case 1 -> new Placement("rack" + random.nextInt(3), "", "");
                case 2 -> new Placement("", random.nextBoolean() ? "a" : "b", "");
                default ->
                        new Placement(
                                random.nextBoolean() ? "" : "rack" + random.nextInt(2),
                                List.of("", "a", "b").get(random.nextInt(3)),
                                random.nextBoolean() ? "" : "x");
            };
        }
    }
}
