// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.core.download;

import io.dragonfly.core.model.Check;

import java.util.random.RandomGenerator;

/// When a download that no supernode answers reads the origin itself, and when it looks for a
/// supernode until then. All hosts of a swarm are in this place at the same moment and cannot talk
/// to each other, so each waits a random time for its turn, the longer the more they are. Not
/// thread-safe; one object for one outage.
public final class SourceWait {
    private static final long SECOND = 1_000_000_000L;
    private static final int MOST_COUNTED = 1_000_000;

    /// How the supernodes failed to answer.
    public enum Silence {
        /// Nothing listens there, and it is this host that says so: no other host asks there.
        ABSENT_HERE,
        /// Something said at once that there is no supernode.
        ABSENT,
        /// No answer in time, or a stream that ended: it may come back.
        SILENT
    }

    /// @param together so many hosts may read an origin at the same time without harm
    /// @param slotNanos what each further host adds to the longest wait
    /// @param graceNanos in which nobody of a larger swarm has a turn: a supernode that is started
    ///   again needs some seconds
    /// @param longestNanos no wait is longer, whatever the swarm's size
    /// @param absentNanos longest wait of a host that knows of no swarm, where nothing listens
    /// @param silentNanos longest wait of a host that knows of no swarm, where nothing answers
    /// @param firstLookNanos pause before the supernodes are tried again; doubles each time
    /// @param lastLookNanos longest of these pauses
    public record Settings(
            int together,
            long slotNanos,
            long graceNanos,
            long longestNanos,
            long absentNanos,
            long silentNanos,
            long firstLookNanos,
            long lastLookNanos) {
        public static final Settings DEFAULT =
                new Settings(
                        3,
                        20 * SECOND,
                        20 * SECOND,
                        600 * SECOND,
                        2 * SECOND,
                        5 * SECOND,
                        SECOND,
                        15 * SECOND);

        public Settings {
            Check.argument(together >= 1, "together: %d", together);
            Check.argument(
                    slotNanos >= 0 && graceNanos >= 0 && absentNanos >= 0 && silentNanos >= 0,
                    "waits must not be negative");
            Check.argument(
                    firstLookNanos > 0 && lastLookNanos >= firstLookNanos, "pauses: too short");
        }

        /// No wait is longer than this.
        public Settings withLongest(long nanos) {
            return new Settings(
                    together,
                    slotNanos,
                    Math.min(graceNanos, nanos),
                    nanos,
                    Math.min(absentNanos, nanos),
                    Math.min(silentNanos, nanos),
                    firstLookNanos,
                    lastLookNanos);
        }
    }

    /// What to do now.
    public sealed interface Step {
        /// Wait so long, then try the supernodes again.
        record LookAgain(long pauseNanos) implements Step {}

        /// It is this host's turn.
        record ReadOrigin() implements Step {}
    }

    private final Settings settings;
    private final RandomGenerator random;
    private final long turn;
    private long pause;

    /// @param swarm how many want this content, as far as a supernode told; else how many peers it
    ///   had; 0 where this host never heard of any
    /// @param now monotonic, nanoseconds
    public SourceWait(Settings settings, RandomGenerator random, Silence how, int swarm, long now) {
        this(settings, random, now + wait(settings, random, how, swarm));
    }

    private SourceWait(Settings settings, RandomGenerator random, long turn) {
        this.settings = settings;
        this.random = random;
        this.turn = turn;
        this.pause = settings.firstLookNanos();
    }

    /// For a host that must not read the origin: looks for a supernode until `end`, when
    /// [Step.ReadOrigin] would come.
    public static SourceWait until(Settings settings, RandomGenerator random, long end) {
        return new SourceWait(settings, random, end);
    }

    private static long wait(Settings settings, RandomGenerator random, Silence how, int swarm) {
        if (swarm > settings.together()) {
            int more = Math.min(swarm, MOST_COUNTED) - settings.together();
            long room = settings.longestNanos() - settings.graceNanos();
            long longest = Math.min(room, more * settings.slotNanos());
            return settings.graceNanos() + random.nextLong(longest + 1);
        }
        return switch (how) {
            case ABSENT_HERE -> swarm == 0 ? 0 : random.nextLong(settings.absentNanos() + 1);
            case ABSENT -> random.nextLong(settings.absentNanos() + 1);
            case SILENT -> random.nextLong(settings.silentNanos() + 1);
        };
    }

    /// The supernodes were tried, and none answered.
    public Step next(long now) {
        if (now - turn >= 0) {
            return new Step.ReadOrigin();
        }
        long jittered = pause / 2 + random.nextLong(pause / 2 + 1);
        pause = Math.min(settings.lastLookNanos(), 2 * pause);
        return new Step.LookAgain(Math.min(jittered, turn - now));
    }

    /// Nanoseconds until this host's turn; not positive once it has come.
    public long untilTurn(long now) {
        return turn - now;
    }
}
