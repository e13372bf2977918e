// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.core.download;

import static org.assertj.core.api.Assertions.assertThat;

import io.dragonfly.core.download.SourceWait.Settings;
import io.dragonfly.core.download.SourceWait.Silence;
import io.dragonfly.core.download.SourceWait.Step;

import org.junit.jupiter.api.Test;

import java.util.Random;
import java.util.random.RandomGenerator;

final class SourceWaitTest {
    private static final long SECOND = 1_000_000_000L;

    /// The origin bears ten connections; the frozen supernode holds up to four of them.
    private static final int ALLOWED_DAEMONS = 6;

    @Test
    void of_thirty_daemons_few_read_the_origin_while_their_supernode_is_frozen_for_a_minute() {
        for (int seed = 0; seed < 500; seed++) {
            RandomGenerator random = new Random(seed);
            int readers = 0;
            for (int daemon = 0; daemon < 30; daemon++) {
                if (readsOrigin(random, 30, 60 * SECOND)) {
                    readers++;
                }
            }
            assertThat(readers).as("seed %d", seed).isLessThanOrEqualTo(ALLOWED_DAEMONS);
        }
    }

    /// One daemon in virtual time. Its stream is found dead 15 to 20 s after the freeze began. An
    /// attempt to connect takes up to 10 s; it is answered when the supernode goes on meanwhile.
    private static boolean readsOrigin(RandomGenerator random, int swarm, long thaw) {
        long now = 15 * SECOND + random.nextLong(5 * SECOND);
        SourceWait wait = new SourceWait(Settings.DEFAULT, random, Silence.SILENT, swarm, now);
        while (true) {
            if (now + 10 * SECOND > thaw) {
                return false;
            }
            now += 10 * SECOND;
            switch (wait.next(now)) {
                case Step.ReadOrigin _ -> {
                    return true;
                }
                case Step.LookAgain(long pause) -> now += pause;
            }
        }
    }

    @Test
    void everybody_has_a_turn_within_the_longest_wait_when_no_supernode_ever_comes_back() {
        RandomGenerator random = new Random(1);
        for (int swarm : new int[] {1, 4, 30, 5000, Integer.MAX_VALUE}) {
            long longest = 0;
            for (int i = 0; i < 1000; i++) {
                SourceWait wait =
                        new SourceWait(Settings.DEFAULT, random, Silence.SILENT, swarm, 7);
                longest = Math.max(longest, wait.untilTurn(7));
            }
            assertThat(longest).isLessThanOrEqualTo(Settings.DEFAULT.longestNanos());
            assertThat(longest).isGreaterThan(Math.min(swarm, 30) * SECOND);
        }
    }

    @Test
    void the_wait_grows_with_the_swarm_and_few_hosts_hardly_wait() {
        assertThat(mean(Silence.SILENT, 1)).isLessThan(5 * SECOND);
        assertThat(mean(Silence.SILENT, 3)).isLessThan(5 * SECOND);
        assertThat(mean(Silence.SILENT, 10)).isBetween(60 * SECOND, 120 * SECOND);
        assertThat(mean(Silence.SILENT, 20)).isGreaterThan(2 * mean(Silence.SILENT, 10) - SECOND);
        // It was there, and there were many: that nothing listens now changes nothing.
        assertThat(mean(Silence.ABSENT_HERE, 20)).isGreaterThan(120 * SECOND);
    }

    private static long mean(Silence how, int swarm) {
        RandomGenerator random = new Random(2);
        long sum = 0;
        for (int i = 0; i < 2000; i++) {
            sum += new SourceWait(Settings.DEFAULT, random, how, swarm, 0).untilTurn(0);
        }
        return sum / 2000;
    }

    @Test
    void a_host_alone_that_has_no_supernode_does_not_wait_at_all() {
        SourceWait wait =
                new SourceWait(Settings.DEFAULT, new Random(3), Silence.ABSENT_HERE, 0, 5);

        assertThat(wait.next(5)).isEqualTo(new Step.ReadOrigin());
    }

    @Test
    void a_host_that_never_knew_a_swarm_waits_some_seconds_at_most() {
        for (int seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            assertThat(untilTurn(Silence.ABSENT, random)).isBetween(0L, 2 * SECOND);
            assertThat(untilTurn(Silence.SILENT, random)).isBetween(0L, 5 * SECOND);
        }
    }

    private static long untilTurn(Silence how, Random random) {
        return new SourceWait(Settings.DEFAULT, random, how, 0, 0).untilTurn(0);
    }

    @Test
    void the_supernodes_are_tried_with_growing_random_pauses_and_never_past_the_turn() {
        SourceWait wait = new SourceWait(Settings.DEFAULT, new Random(4), Silence.SILENT, 30, 0);
        long now = 0;
        int looks = 0;
        long turn = wait.untilTurn(0);
        while (wait.next(now) instanceof Step.LookAgain(long pause)) {
            assertThat(pause).isBetween(1L, 15 * SECOND);
            now += pause;
            looks++;
        }
        assertThat(now).isEqualTo(turn);
        assertThat(looks).isGreaterThan((int) (turn / (15 * SECOND)));
    }

    @Test
    void no_wait_is_longer_than_an_operator_allows() {
        Settings none = Settings.DEFAULT.withLongest(0);

        SourceWait wait = new SourceWait(none, new Random(5), Silence.SILENT, 1000, 0);

        assertThat(wait.next(0)).isEqualTo(new Step.ReadOrigin());
    }
}
