// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.core.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import static java.util.Objects.requireNonNull;

import io.dragonfly.core.model.PeerId;
import io.dragonfly.core.model.VersionId;
import io.dragonfly.core.protocol.FailureReason;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/// A scheduler with one open version, for tests of single rules. Every event is followed by
/// [Invariants].
final class Desk {
    static final VersionId VERSION = Sketch.version(1);

    final Scheduler scheduler;
    final Invariants invariants;
    final List<Command> commands = new ArrayList<>();
    long now = TimeUnit.HOURS.toNanos(1);

    Desk(int ranges, SchedulerSettings settings) {
        scheduler = new Scheduler(settings, new SplittableRandom(7));
        invariants = new Invariants(scheduler);
        tell(new Event.SwarmOpened(VERSION, Sketch.geometry(ranges)));
    }

    /// With so many slots of the seed and two of each kind at every peer.
    static Desk of(int ranges, int seedSlots) {
        return new Desk(ranges, SchedulerSettings.DEFAULTS.withSlots(2, 2, seedSlots));
    }

    /// Returns the commands that followed.
    List<Command> tell(Event event) {
        List<Command> now = scheduler.on(event, this.now);
        invariants.check(now);
        commands.addAll(now);
        return now;
    }

    List<Command> after(long seconds) {
        now += TimeUnit.SECONDS.toNanos(seconds);
        return tell(new Event.Tick());
    }

    void seedHas(int from, int to) {
        for (int r = from; r < to; r++) {
            tell(new Event.SeedHas(VERSION, r));
        }
    }

    static PeerId id(String name) {
        return new PeerId(name);
    }

    /// Every peer is on a host of its own.
    void up(String name, Placement placement) {
        up(name, name, placement);
    }

    void up(String name, String host, Placement placement) {
        tell(new Event.PeerUp(id(name), host, host + ":" + name, placement, true));
    }

    /// A peer that has the given ranges and wants nothing.
    void holder(String name, int... ranges) {
        holder(name, Placement.NOWHERE, ranges);
    }

    void holder(String name, Placement placement, int... ranges) {
        up(name, placement);
        tell(new Event.Joined(id(name), VERSION, bits(ranges), false, 0));
    }

    /// A peer that lacks everything but the given ranges; the offers that it gets.
    List<Command.Offer> wants(String name, int... have) {
        return wants(name, Placement.NOWHERE, have);
    }

    List<Command.Offer> wants(String name, Placement placement, int... have) {
        up(name, placement);
        return offers(tell(new Event.Joined(id(name), VERSION, bits(have), true, 0)));
    }

    static BitSet bits(int... ranges) {
        BitSet bits = new BitSet();
        for (int range : ranges) {
            bits.set(range);
        }
        return bits;
    }

    List<Command.Offer> started(String name, int range) {
        return offers(tell(new Event.Started(id(name), VERSION, range)));
    }

    List<Command.Offer> ending(String name, int range) {
        return offers(tell(new Event.Ending(id(name), VERSION, range)));
    }

    List<Command.Offer> done(String name, int range) {
        return offers(tell(new Event.Done(id(name), VERSION, range)));
    }

    List<Command> failed(String name, int range, String parent, FailureReason reason) {
        int block = Sketch.geometry(-1).firstBlockOfRange(range);
        return tell(new Event.Failed(id(name), VERSION, range, id(parent), reason, block));
    }

    /// A peer hashed the piece of `range` again.
    List<Command> rechecked(String name, int range, Integer... lost) {
        int block = Sketch.geometry(-1).firstBlockOfRange(range);
        return tell(new Event.Rechecked(id(name), VERSION, block, List.of(lost)));
    }

    /// The ranges that are on their way from `parent` to `child`.
    List<Integer> flights(String child, String parent) {
        return peer(child).members.getFirst().flights.stream()
                .filter(f -> Blame.parentId(f).equals(id(parent)))
                .map(f -> f.range)
                .toList();
    }

    List<Command.Offer> slow(String name, int range, String parent, int block) {
        return offers(tell(new Event.Slow(id(name), VERSION, range, id(parent), block)));
    }

    void slots(String name, int download, int upload) {
        tell(new Event.SlotsChanged(id(name), download, upload));
    }

    static List<Command.Offer> offers(List<Command> commands) {
        return commands.stream()
                .filter(Command.Offer.class::isInstance)
                .map(Command.Offer.class::cast)
                .toList();
    }

    static Command.Offer offer(String peer, int range, String parent) {
        int block = Sketch.geometry(-1).firstBlockOfRange(range);
        return new Command.Offer(id(peer), VERSION, range, block, id(parent));
    }

    boolean isolated(String name) {
        return peer(name).isolated;
    }

    boolean blacklisted(String name) {
        return peer(name).blacklisted;
    }

    PeerState peer(String name) {
        PeerState peer = scheduler.state().peers.get(id(name));
        assertThat(peer).isNotNull();
        return requireNonNull(peer);
    }
}
