// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.supernode;

import static org.assertj.core.api.Assertions.assertThat;

import io.dragonfly.core.model.PeerId;
import io.dragonfly.core.model.TaskId;
import io.dragonfly.supernode.OriginLeases.Answer;
import io.dragonfly.supernode.OriginLeases.Settings;

import org.junit.jupiter.api.Test;

final class OriginLeasesTest {
    private static final Answer GRANTED = new Answer.Granted();
    private static final Answer LATER = new Answer.AskAgain(100);
    private static final TaskId TASK = task(1);

    private final OriginLeases leases =
            new OriginLeases(new Settings(2, 3, 5, 100, 60_000, 2, 10_000));

    private static TaskId task(int number) {
        return new TaskId("%064x".formatted(number));
    }

    private static PeerId peer(int number) {
        return new PeerId("peer-" + number);
    }

    private Answer ask(int peer, long now) {
        return leases.ask(TASK, "origin", peer(peer), now);
    }

    @Test
    void a_turn_lasts_until_the_peer_says_that_it_is_over() {
        assertThat(ask(1, 0)).isEqualTo(GRANTED);
        assertThat(ask(2, 0)).isEqualTo(GRANTED);
        assertThat(ask(3, 0)).isEqualTo(LATER);
        // However long the two take: a slow origin is no reason to ask it once more.
        assertThat(ask(3, 59_000)).isEqualTo(LATER);

        leases.ended(TASK, peer(1), true, 59_500);

        assertThat(ask(3, 59_600)).isEqualTo(GRANTED);
        assertThat(ask(4, 59_600)).isEqualTo(LATER);
    }

    @Test
    void a_lost_stream_ends_the_turns_of_its_peer() {
        ask(1, 0);
        ask(2, 0);

        leases.gone(peer(2));

        assertThat(ask(3, 1)).isEqualTo(GRANTED);
    }

    @Test
    void a_turn_that_nobody_ends_is_over_after_a_while() {
        ask(1, 0);
        ask(2, 30_000);

        assertThat(ask(3, 60_000)).isEqualTo(GRANTED);
        assertThat(ask(4, 60_000)).isEqualTo(LATER);
    }

    @Test
    void one_origin_bears_only_so_many_whatever_their_tasks() {
        for (int i = 1; i <= 3; i++) {
            assertThat(leases.ask(task(i), "origin", peer(i), 0)).isEqualTo(GRANTED);
        }
        assertThat(leases.ask(task(4), "origin", peer(4), 0)).isEqualTo(LATER);
        assertThat(leases.ask(task(5), "another", peer(5), 0)).isEqualTo(GRANTED);
        assertThat(leases.ask(task(6), "another", peer(6), 0)).isEqualTo(GRANTED);
        // All five that there may be.
        assertThat(leases.ask(task(7), "third", peer(7), 0)).isEqualTo(LATER);
    }

    @Test
    void who_asks_again_has_not_two_turns() {
        ask(1, 0);
        ask(1, 10);

        assertThat(ask(2, 20)).isEqualTo(GRANTED);
        assertThat(ask(3, 20)).isEqualTo(LATER);
    }

    @Test
    void where_peers_fail_too_nobody_else_tries_for_a_while() {
        ask(1, 0);
        ask(2, 0);
        leases.ended(TASK, peer(1), false, 1000);
        leases.ended(TASK, peer(2), false, 2000);

        assertThat(ask(3, 3000)).isEqualTo(new Answer.Hopeless());
        assertThat(leases.ask(task(2), "origin", peer(3), 3000)).isEqualTo(GRANTED);
        assertThat(ask(3, 11_000)).isEqualTo(GRANTED);
    }

    @Test
    void what_a_peer_without_a_turn_says_counts_nothing() {
        leases.ended(TASK, peer(8), false, 0);
        leases.ended(TASK, peer(9), false, 0);

        assertThat(ask(1, 1)).isEqualTo(GRANTED);
    }

    @Test
    void a_peer_that_could_read_proves_the_origin_reachable() {
        ask(1, 0);
        ask(2, 0);
        leases.ended(TASK, peer(1), false, 10);
        leases.ended(TASK, peer(2), true, 20);
        ask(3, 30);
        leases.ended(TASK, peer(3), false, 40);

        assertThat(ask(4, 50)).isEqualTo(GRANTED);
    }
}
