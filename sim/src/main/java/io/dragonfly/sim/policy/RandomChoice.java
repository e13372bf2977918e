// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.sim.policy;

import io.dragonfly.core.model.PeerId;
import io.dragonfly.core.model.VersionId;
import io.dragonfly.core.scheduler.Command;
import io.dragonfly.core.scheduler.Event;
import io.dragonfly.core.scheduler.SchedulerSettings;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/// Any range that is missing, from anybody who has begun it and has a free slot: what an
/// event-driven scheduler does without any rule of choice. Slots are those of the production
/// scheduler at its start, or what peers say; the seed's do not adapt.
///
/// It looks at a bounded number of candidates, and once a second again for who then found nothing.
/// A parent that failed somebody is left out for that one for 5 s (the seed for 0.5 s). Who has
/// blocks of a range already fetches the rest only from those who have it complete, so nobody waits
/// for himself.
final class RandomChoice implements Policy {
    private static final long AGAIN = TimeUnit.SECONDS.toNanos(1);
    private static final long EXCLUDED = TimeUnit.SECONDS.toNanos(5);
    private static final long SEED_EXCLUDED = TimeUnit.MILLISECONDS.toNanos(500);

    private final SchedulerSettings settings;
    private final RandomGenerator random;
    private final Map<VersionId, Crowd> crowds = new LinkedHashMap<>();
    private final Map<PeerId, Crowd.Host> hosts = new LinkedHashMap<>();
    private final Crowd.Host seed;
    private final Alarms alarms = new Alarms();
    private final List<Command> out = new ArrayList<>();
    private boolean watching;
    private long now;

    RandomChoice(SchedulerSettings settings, RandomGenerator random) {
        this.settings = settings;
        this.random = random;
        this.seed = new Crowd.Host(PeerId.SEED, true, 0, settings.seedSlots());
    }

    @Override
    public List<Command> on(Event event, long nowNanos) {
        now = nowNanos;
        handle(event);
        alarms.run(now);
        alarms.ask(out);
        List<Command> commands = List.copyOf(out);
        out.clear();
        return commands;
    }

    private void handle(Event event) {
        switch (event) {
            case Event.PeerUp e -> {
                down(e.peer());
                hosts.put(
                        e.peer(),
                        new Crowd.Host(
                                e.peer(),
                                e.serves(),
                                settings.downloadSlots(),
                                settings.uploadSlots()));
            }
            case Event.Reachable e -> {
                Crowd.Host host = hosts.get(e.peer());
                if (host != null) {
                    host.serves = e.serves();
                    freed(host);
                }
            }
            case Event.SlotsChanged e -> slots(e);
            case Event.PeerDown e -> down(e.peer());
            case Event.SwarmOpened e ->
                    crowds.putIfAbsent(
                            e.version(),
                            new Crowd(
                                    e.version(),
                                    e.geometry(),
                                    seed,
                                    settings.candidates(),
                                    random));
            case Event.SwarmClosed e -> {
                Crowd crowd = crowds.remove(e.version());
                if (crowd != null) {
                    crowd.close();
                }
            }
            case Event.Joined _, Event.Left _ -> membership(event);
            case Event.LengthKnown _,
                    Event.SeedHas _,
                    Event.Started _,
                    Event.Done _,
                    Event.Rechecked _,
                    Event.Failed _ ->
                    ranges(event);
            case Event.Ending _, Event.Needs _, Event.Slow _, Event.Tick _ -> {
                // It knows nothing of these.
            }
        }
        watch();
    }

    private void slots(Event.SlotsChanged e) {
        Crowd.Host host = e.peer().isSeed() ? seed : hosts.get(e.peer());
        if (host == null) {
            return;
        }
        host.uploadSlots = Math.clamp(e.upload(), 0, settings.maxSeedSlots());
        host.downloadSlots = Math.clamp(e.download(), 0, settings.maxSlots());
        if (host != seed) {
            host.uploadSlots = Math.min(host.uploadSlots, settings.maxSlots());
        }
        freed(host);
        choose(host);
    }

    private void down(PeerId peer) {
        Crowd.Host host = hosts.remove(peer);
        if (host != null) {
            for (Crowd crowd : List.copyOf(host.crowds)) {
                crowd.leave(peer).forEach(this::freed);
            }
        }
    }

    private void membership(Event event) {
        if (event instanceof Event.Joined e) {
            Crowd crowd = crowds.get(e.version());
            Crowd.Host host = hosts.get(e.peer());
            if (crowd != null && host != null) {
                crowd.leave(e.peer()).forEach(this::freed);
                crowd.join(host, e.have(), e.wants(), e.window() > 0);
                freed(host);
                choose(host);
            }
        } else if (event instanceof Event.Left e) {
            Crowd crowd = crowds.get(e.version());
            if (crowd != null) {
                crowd.leave(e.peer()).forEach(this::freed);
                Crowd.Host host = hosts.get(e.peer());
                if (host != null) {
                    choose(host);
                }
            }
        }
    }

    private void ranges(Event event) {
        switch (event) {
            case Event.LengthKnown e -> {
                Crowd crowd = crowds.get(e.version());
                if (crowd != null) {
                    crowd.lengthKnown(e.length(), out).forEach(this::freed);
                }
            }
            case Event.SeedHas e -> {
                Crowd crowd = crowds.get(e.version());
                if (crowd != null) {
                    crowd.seedHas(e.range());
                    freed(seed);
                }
            }
            case Event.Started e -> {
                Crowd crowd = crowds.get(e.version());
                Crowd.Host host = hosts.get(e.peer());
                if (crowd != null && host != null && crowd.started(e.peer(), e.range())) {
                    freed(host);
                }
            }
            case Event.Done e -> {
                Crowd crowd = crowds.get(e.version());
                Crowd.Host host = hosts.get(e.peer());
                if (crowd != null && host != null) {
                    crowd.done(e.peer(), e.range()).forEach(this::freed);
                    freed(host);
                    choose(host);
                }
            }
            case Event.Failed e -> failed(e);
            case Event.Rechecked e -> {
                Crowd crowd = crowds.get(e.version());
                Crowd.Host host = hosts.get(e.peer());
                if (crowd != null && host != null) {
                    crowd.lost(e.peer(), e.lost());
                    choose(host);
                }
            }
            case Event.PeerUp _,
                    Event.Reachable _,
                    Event.SlotsChanged _,
                    Event.PeerDown _,
                    Event.SwarmOpened _,
                    Event.SwarmClosed _,
                    Event.Joined _,
                    Event.Left _,
                    Event.Needs _,
                    Event.Slow _,
                    Event.Ending _,
                    Event.Tick _ ->
                    throw new IllegalArgumentException("not about ranges: " + event);
        }
    }

    private void failed(Event.Failed e) {
        Crowd crowd = crowds.get(e.version());
        Crowd.Host host = hosts.get(e.peer());
        if (crowd == null || host == null) {
            return;
        }
        long until = now + (e.parent().isSeed() ? SEED_EXCLUDED : EXCLUDED);
        crowd.failed(e.peer(), e.range(), e.parent(), until).forEach(this::freed);
        choose(host);
    }

    /// A host can give more than before.
    private void freed(Crowd.Host host) {
        if (host == seed) {
            crowds.values().forEach(crowd -> crowd.give(seed, now, out));
        } else {
            host.crowds.forEach(crowd -> crowd.give(host, now, out));
        }
    }

    /// A host can take more than before.
    private void choose(Crowd.Host host) {
        host.crowds.forEach(crowd -> crowd.choose(host.id, now, out));
    }

    private void watch() {
        if (!watching && crowds.values().stream().anyMatch(Crowd::someWait)) {
            watching = true;
            alarms.at(now + AGAIN, this::lookAgain);
        }
    }

    private void lookAgain() {
        watching = false;
        crowds.values().forEach(crowd -> crowd.chooseAll(now, out));
        watch();
    }
}
