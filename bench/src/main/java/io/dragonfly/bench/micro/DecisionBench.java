// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.bench.micro;

import io.dragonfly.core.model.Geometry;
import io.dragonfly.core.model.PeerId;
import io.dragonfly.core.model.VersionId;
import io.dragonfly.core.scheduler.Command;
import io.dragonfly.core.scheduler.Event;
import io.dragonfly.core.scheduler.Placement;
import io.dragonfly.core.scheduler.Scheduler;
import io.dragonfly.core.scheduler.SchedulerSettings;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/// What one range costs the scheduler: that it began, that it is complete, and the offers that
/// follow.
///
/// The cost depends on how far the swarm is, so each invocation makes the same decisions from the
/// same start: with as many as a time allows, a faster scheduler would be measured with others. All
/// peers are at the same point of their downloads; the end of a download is not in it.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class DecisionBench {
    private static final VersionId VERSION = new VersionId("0".repeat(32));
    private static final Geometry GEOMETRY = Geometry.of(1_000_000_000L);

    /// Of an invocation: long enough for a set-up before each one not to show.
    private static final int RANGES = 50_000;

    /// What each peer has at the start, on average.
    private static final int RANGES_AT_START = 10;

    /// Peers of the swarm.
    @Param({"1000", "10000"})
    public int peers;

    private Scheduler scheduler = scheduler();
    private final ArrayDeque<Command.Offer> flights = new ArrayDeque<>();
    private final Map<PeerId, BitSet> held = new HashMap<>();
    private long nanos;

    private static Scheduler scheduler() {
        SchedulerSettings settings = SchedulerSettings.DEFAULTS.withSlots(4, 4, 16);
        return new Scheduler(settings, new SplittableRandom(1));
    }

    /// A swarm that has begun its download.
    @Setup(Level.Invocation)
    public void fill() {
        scheduler = scheduler();
        flights.clear();
        held.clear();
        nanos = 0;
        tell(new Event.SwarmOpened(VERSION, GEOMETRY));
        for (int range = 0; range < GEOMETRY.ranges(); range++) {
            tell(new Event.SeedHas(VERSION, range));
        }
        for (int i = 0; i < peers; i++) {
            PeerId peer = new PeerId("peer-" + i);
            String host = "10.0.%d.%d".formatted(i / 250, i % 250);
            tell(new Event.PeerUp(peer, host, host + ":1", Placement.NOWHERE, true));
            held.put(peer, new BitSet());
            tell(new Event.Joined(peer, VERSION, new BitSet(), true, 0));
        }
        for (int i = 0; i < RANGES_AT_START * peers; i++) {
            range();
        }
    }

    private void tell(Event event) {
        for (Command command : scheduler.on(event, nanos)) {
            if (command instanceof Command.Offer offer) {
                flights.add(offer);
            }
        }
    }

    /// The ranges in the order in which they were offered.
    ///
    /// @return how many are under way
    @Benchmark
    @OperationsPerInvocation(RANGES)
    public int ranges() {
        for (int i = 0; i < RANGES; i++) {
            range();
        }
        return flights.size();
    }

    private void range() {
        nanos += 100_000;
        Command.Offer offer = flights.remove();
        PeerId peer = offer.peer();
        BitSet have = Objects.requireNonNull(held.get(peer));
        have.set(offer.range());
        tell(new Event.Started(peer, VERSION, offer.range()));
        tell(new Event.Done(peer, VERSION, offer.range()));
        tell(new Event.Needs(peer, VERSION, have.nextClearBit(0)));
    }
}
