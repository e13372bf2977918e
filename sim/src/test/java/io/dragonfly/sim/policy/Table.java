// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.sim.policy;

import io.dragonfly.core.model.Geometry;
import io.dragonfly.core.model.PeerId;
import io.dragonfly.core.model.VersionId;
import io.dragonfly.core.protocol.FailureReason;
import io.dragonfly.core.scheduler.Command;
import io.dragonfly.core.scheduler.Event;
import io.dragonfly.core.scheduler.Placement;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/// A policy with one open content, for tests of single rules. Time passes only by [#pass], which
/// wakes the policy when it asked for that.
final class Table {
    static final VersionId VERSION = new VersionId("%032x".formatted(1));
    private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);

    final Policy policy;
    private final TreeSet<Long> wakes = new TreeSet<>();
    private long now;

    Table(Policy policy, int ranges) {
        this.policy = policy;
        Geometry one = policy.geometry(1);
        long range = (long) one.rangeBlocks() * one.blockSize();
        tell(new Event.SwarmOpened(VERSION, policy.geometry(ranges * range)));
    }

    List<Command.Offer> tell(Event event) {
        List<Command.Offer> offers = new ArrayList<>();
        for (Command command : policy.on(event, now)) {
            if (command instanceof Command.Offer offer) {
                offers.add(offer);
            } else if (command instanceof Command.WakeAt wake) {
                wakes.add(wake.nanos());
            }
        }
        return offers;
    }

    /// What is offered in this time.
    List<Command.Offer> pass(long millis) {
        List<Command.Offer> offers = new ArrayList<>();
        long end = now + millis * MILLI;
        while (!wakes.isEmpty() && wakes.first() <= end) {
            now = Math.max(now, wakes.removeFirst());
            offers.addAll(tell(new Event.Tick()));
        }
        now = end;
        return offers;
    }

    void seedHas(int from, int end) {
        for (int range = from; range < end; range++) {
            tell(new Event.SeedHas(VERSION, range));
        }
    }

    void up(String name) {
        tell(new Event.PeerUp(new PeerId(name), name, name + ":1", Placement.NOWHERE, true));
    }

    List<Command.Offer> wants(String name, int... have) {
        up(name);
        return join(name, true, have);
    }

    List<Command.Offer> holds(String name, int... have) {
        up(name);
        return join(name, false, have);
    }

    List<Command.Offer> join(String name, boolean wants, int... have) {
        BitSet bits = new BitSet();
        for (int range : have) {
            bits.set(range);
        }
        return tell(new Event.Joined(new PeerId(name), VERSION, bits, wants, 0));
    }

    List<Command.Offer> started(String name, int range) {
        return tell(new Event.Started(new PeerId(name), VERSION, range));
    }

    List<Command.Offer> done(String name, int range) {
        return tell(new Event.Done(new PeerId(name), VERSION, range));
    }

    List<Command.Offer> done(Command.Offer offer) {
        return done(offer.peer().value(), offer.range());
    }

    List<Command.Offer> failed(Command.Offer offer) {
        return tell(
                new Event.Failed(
                        offer.peer(),
                        VERSION,
                        offer.range(),
                        offer.parent(),
                        FailureReason.UNREACHABLE,
                        offer.block()));
    }

    void left(String name) {
        tell(new Event.Left(new PeerId(name), VERSION));
    }

    static List<String> parents(List<Command.Offer> offers) {
        return offers.stream().map(o -> o.parent().value()).toList();
    }

    static List<Integer> ranges(List<Command.Offer> offers) {
        return offers.stream().map(Command.Offer::range).toList();
    }
}
