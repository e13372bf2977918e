// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.sim.policy;

import io.dragonfly.core.model.Geometry;
import io.dragonfly.core.model.PeerId;
import io.dragonfly.core.model.VersionId;
import io.dragonfly.core.scheduler.Command;
import io.dragonfly.core.scheduler.Event;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/// How version 1 (1.0.6) chooses: clients ask for pieces, and sleep where there are none.
///
/// Whole pieces, and only of those who have them complete. A client has at most 4 on their way,
/// gives at most 5 of a task, and the supernode at most 4 of a task in all. It asks when it joins,
/// when a piece is complete and at most 2 others are on their way, 20 ms after a failure, and when
/// nothing happened for 2 s. Where it gets none it sleeps 50 to 100 ms and asks again, twice as
/// long after each time up to 0.8 to 1.6 s, for the rest of the download; only a piece of its own
/// that is complete wakes it.
///
/// In its favour: asking costs no time beyond that of the reports, pieces cost no connection and no
/// second digest, there is no limit of 20 MiB/s on a download, and a parent that stands still is
/// noticed as soon as by the hosts of this version (it was 74 to 250 s). As there: who is gone
/// without a word stays a provider, what it fetched is counted as on its way for ever, one failure
/// excludes a parent for good, and a failed piece of the supernode keeps its slot for 30 s.
final class VersionOne implements Policy {
    static final int PIECES_OF_CLIENT = 4;
    private static final int ASKS_UP_TO = 2;
    private static final long IDLE = TimeUnit.SECONDS.toNanos(2);
    private static final long AFTER_FAILURE = TimeUnit.MILLISECONDS.toNanos(20);

    private final RandomGenerator random;
    private final Map<VersionId, Task> tasks = new LinkedHashMap<>();
    private final Alarms alarms = new Alarms();
    private final List<Command> out = new ArrayList<>();
    private long now;

    VersionOne(RandomGenerator random) {
        this.random = random;
    }

    @Override
    public Geometry geometry(long length) {
        Geometry ours = Geometry.of(length);
        return new Geometry(length, ours.pieceSize(), ours.blockSize(), ours.blocksPerPiece());
    }

    @Override
    public boolean cutThrough() {
        return false;
    }

    @Override
    public boolean noticesWhoIsGone() {
        return false;
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
            case Event.SwarmOpened e ->
                    tasks.putIfAbsent(e.version(), new Task(e.version(), e.geometry(), random));
            case Event.SwarmClosed e -> closed(e.version());
            case Event.Joined e -> joined(e);
            case Event.Done e -> {
                Task task = tasks.get(e.version());
                Task.Client client = task == null ? null : task.client(e.peer());
                if (task != null && client != null) {
                    done(task, client, e.range());
                }
            }
            case Event.Failed e -> failed(e);
            case Event.SeedHas e -> {
                Task task = tasks.get(e.version());
                if (task != null) {
                    task.seedHas(e.range());
                }
            }
            case Event.LengthKnown e -> {
                Task task = tasks.get(e.version());
                if (task != null) {
                    task.lengthKnown(e.length());
                }
            }
            case Event.Left e -> {
                Task task = tasks.get(e.version());
                if (task != null) {
                    task.leave(e.peer());
                }
            }
            case Event.Rechecked e -> {
                Task task = tasks.get(e.version());
                Task.Client client = task == null ? null : task.client(e.peer());
                if (task != null && client != null) {
                    task.lost(client, e.lost());
                }
            }
            case Event.PeerDown e -> gone(e.peer());
            case Event.PeerUp _,
                    Event.Reachable _,
                    Event.SlotsChanged _,
                    Event.Started _,
                    Event.Needs _,
                    Event.Slow _,
                    Event.Ending _,
                    Event.Tick _ -> {
                // It knows nothing of these.
            }
        }
    }

    private void closed(VersionId version) {
        Task task = tasks.remove(version);
        if (task != null) {
            task.close();
        }
    }

    private void failed(Event.Failed e) {
        Task task = tasks.get(e.version());
        Task.Client client = task == null ? null : task.client(e.peer());
        if (task != null && client != null && task.failed(client, e.range(), e.parent(), now)) {
            askIn(task, client, AFTER_FAILURE);
        }
    }

    /// Nobody tells the supernode: it only stops asking.
    private void gone(PeerId peer) {
        for (Task task : tasks.values()) {
            Task.Client client = task.client(peer);
            if (client != null) {
                client.asks = false;
            }
        }
    }

    private void joined(Event.Joined e) {
        Task task = tasks.get(e.version());
        if (task != null) {
            Task.Client client = task.join(e.peer(), e.have());
            client.asks = e.wants();
            ask(task, client);
        }
    }

    private void done(Task task, Task.Client client, int piece) {
        task.done(client, piece, now);
        if (client.sleeps || client.running.size() <= ASKS_UP_TO) {
            ask(task, client);
        } else {
            askIn(task, client, IDLE);
        }
    }

    private void ask(Task task, Task.Client client) {
        client.sleeps = false;
        if (!client.asks || client.done.cardinality() == task.pieces()) {
            return;
        }
        switch (task.schedule(client, now, out)) {
            case PIECES, ENOUGH -> askIn(task, client, IDLE);
            case WAIT -> {
                client.sleeps = true;
                askIn(task, client, client.sleep(random));
            }
        }
    }

    /// Forgets when it wanted to ask before.
    private void askIn(Task task, Task.Client client, long nanos) {
        int asked = ++client.alarms;
        alarms.at(
                now + nanos,
                () -> {
                    if (client.alarms == asked && task.client(client.id) == client) {
                        ask(task, client);
                    }
                });
    }
}
