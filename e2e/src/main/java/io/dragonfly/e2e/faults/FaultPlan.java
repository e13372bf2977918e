// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.e2e.faults;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.random.RandomGenerator;

/// What goes wrong when. The same seed gives the same plan.
///
/// @param events by time; no two of them hit the same victim at the same time
public record FaultPlan(List<Event> events) {
    /// Long enough for timeouts of the product to be met, short enough for tests.
    private static final double MOST_SECONDS = 8;

    private static final double LEAST_SECONDS = 0.3;

    /// Between two faults of one victim, so that one is over before the next begins.
    private static final double GAP_SECONDS = 0.5;

    /// @param at seconds from the start of the downloads
    /// @param lasts seconds
    /// @param peer index of the victim; -1: the supernode or the origin
    public record Event(double at, double lasts, Fault fault, int peer) {
        double end() {
            return at + lasts;
        }

        @Override
        public String toString() {
            String victim = peer < 0 ? "" : " of p" + peer;
            return String.format(Locale.ROOT, "%.1f s: %s%s for %.1f s", at, fault, victim, lasts);
        }

        private boolean meets(Event other) {
            boolean sameVictim =
                    peer == other.peer && (peer >= 0 || isOrigin() == other.isOrigin());
            return sameVictim && at < other.end() + GAP_SECONDS && other.at < end() + GAP_SECONDS;
        }

        private boolean isOrigin() {
            return fault == Fault.STOP_ORIGIN;
        }
    }

    public FaultPlan {
        events = events.stream().sorted(Comparator.comparingDouble(Event::at)).toList();
    }

    /// Draws a plan.
    ///
    /// @param random made from the seed
    /// @param seconds in which faults begin
    /// @param count of faults; fewer where one would meet another of the same victim
    public static FaultPlan draw(RandomGenerator random, int peers, double seconds, int count) {
        List<Event> events = new ArrayList<>();
        Fault[] faults = Fault.values();
        for (int i = 0; i < count; i++) {
            Fault fault = faults[random.nextInt(faults.length)];
            int peer = fault.isOfPeer() ? random.nextInt(peers) : -1;
            double at = random.nextDouble(seconds);
            double lasts = random.nextDouble(LEAST_SECONDS, MOST_SECONDS);
            Event event = new Event(at, lasts, fault, peer);
            if (events.stream().noneMatch(event::meets)) {
                events.add(event);
            }
        }
        return new FaultPlan(events);
    }

    /// Whether a download on this peer may end with this exit code.
    boolean excuses(int peer, int status) {
        return events.stream()
                .anyMatch(
                        event -> event.peer() == peer && event.fault().excuses().contains(status));
    }

    /// Whether the copy of this peer is not judged.
    boolean corrupts(int peer) {
        return events.stream()
                .anyMatch(event -> event.peer() == peer && event.fault() == Fault.CORRUPT);
    }
}
