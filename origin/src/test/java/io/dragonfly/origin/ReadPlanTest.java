// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.origin;

import static org.assertj.core.api.Assertions.assertThat;

import io.dragonfly.origin.ReadPlan.Stretch;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.BitSet;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

/// With pieces of 4 blocks and stretches of 8.
@Timeout(60)
final class ReadPlanTest {
    private static ReadPlan plan(int... missing) {
        BitSet blocks = new BitSet();
        IntStream.of(missing).forEach(blocks::set);
        return new ReadPlan(
                ReaderFixture.geometry(100L * ReaderFixture.BLOCK),
                blocks,
                8L * ReaderFixture.BLOCK);
    }

    private static ReadPlan all() {
        return plan(IntStream.range(0, 100).toArray());
    }

    @Test
    void stretchesAreHandedOutFrontToBackAndEndAtTheirMultiples() {
        ReadPlan plan = plan(IntStream.range(5, 20).toArray());

        assertThat(plan.next(-1, false)).isEqualTo(new Stretch(5, 8));
        assertThat(plan.next(-1, false)).isEqualTo(new Stretch(8, 16));
        assertThat(plan.next(-1, false)).isEqualTo(new Stretch(16, 20));
    }

    @Test
    void aConnectionGoesOnWhereItStands() {
        ReadPlan plan = all();

        assertThat(plan.next(40, false)).isEqualTo(new Stretch(40, 48));
        assertThat(plan.next(41, false)).isEqualTo(new Stretch(0, 8));
    }

    @Test
    void holesAreLeftOut() {
        ReadPlan plan = plan(1, 2, 4);

        assertThat(plan.next(-1, false)).isEqualTo(new Stretch(1, 3));
        assertThat(plan.next(-1, false)).isEqualTo(new Stretch(4, 5));
    }

    @Test
    void allIsDoneWhenTheLastBlockIs() {
        ReadPlan plan = plan(3);
        plan.next(-1, false);
        assertThat(plan.complete()).isFalse();

        plan.done();

        assertThat(plan.complete()).isTrue();
        assertThat(plan.next(-1, false)).isNull();
    }

    @Test
    void whatIsGivenBackGoesToWhoWaits() {
        ReadPlan plan = plan(3, 4);
        plan.next(-1, false);
        var waiting = CompletableFuture.supplyAsync(() -> String.valueOf(plan.next(-1, false)));

        plan.done();
        plan.giveBack(4, 5);

        assertThat(waiting.join()).isEqualTo(new Stretch(4, 5).toString());
    }

    @Test
    void thePatientWaitsUntilRangesAreProven() {
        ReadPlan plan = all();
        plan.next(0, true);
        plan.next(-1, false);
        var waiting = CompletableFuture.supplyAsync(() -> String.valueOf(plan.next(8, true)));

        plan.rangesProven();

        assertThat(waiting.join()).isEqualTo(new Stretch(16, 24).toString());
    }

    @Test
    void thePatientGetsItsOwnPlaceBackWhereRangesFail() {
        ReadPlan plan = all();
        plan.next(0, true);
        plan.next(-1, false);
        var waiting = CompletableFuture.supplyAsync(() -> String.valueOf(plan.next(8, true)));

        plan.giveBack(8, 16);

        assertThat(waiting.join()).isEqualTo(new Stretch(8, 16).toString());
    }

    @Test
    void theEndWakesWhoWaits() {
        ReadPlan plan = plan(3);
        plan.next(-1, false);
        var waiting = CompletableFuture.supplyAsync(() -> String.valueOf(plan.next(-1, false)));

        plan.end();

        assertThat(waiting.join()).isEqualTo("null");
        assertThat(plan.complete()).isFalse();
    }
}
