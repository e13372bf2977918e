// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.sim.policy;

import io.dragonfly.core.scheduler.Command;

import java.util.List;
import java.util.PriorityQueue;

/// What is to be done later, of a policy that must be woken for it.
final class Alarms {
    private record Alarm(long at, long order, Runnable action) {}

    private final PriorityQueue<Alarm> queue =
            new PriorityQueue<>((a, b) ->
                    a.at == b.at ? Long.compare(a.order, b.order) : Long.compare(a.at, b.at));
    private long orders;

    /// The first wake-up that was asked for and has not come.
    private long asked = Long.MAX_VALUE;

    void at(long nanos, Runnable action) {
        queue.add(new Alarm(nanos, orders++, action));
    }

    /// Does what is due.
    void run(long now) {
        if (now >= asked) {
            asked = Long.MAX_VALUE;
        }
        while (!queue.isEmpty() && queue.peek().at <= now) {
            queue.remove().action.run();
        }
    }

    /// Asks for the next wake-up, where it is earlier than the one asked for before.
    void ask(List<Command> out) {
        Alarm first = queue.peek();
        if (first != null && first.at < asked) {
            asked = first.at;
            out.add(new Command.WakeAt(first.at));
        }
    }
}
