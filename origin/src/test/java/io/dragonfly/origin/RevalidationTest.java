// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.origin;

import static org.assertj.core.api.Assertions.assertThat;

import io.dragonfly.core.model.Validators;

import org.junit.jupiter.api.Test;

import java.time.Duration;

final class RevalidationTest {
    private static final Revalidation.Rules RULES =
            new Revalidation.Rules(Duration.ofSeconds(1), Duration.ofSeconds(30));
    private static final Validators ETAG = new Validators("\"x\"", "");
    private static final Validators DATE = new Validators("", "Mon, 02 Nov 2026 10:00:00 GMT");
    private static final Revalidation FRESH = new Revalidation.Fresh();

    private static Revalidation decide(Validators stored, long maxAge, long ageMillis) {
        return Revalidation.decide(
                stored, new Freshness(maxAge, false), Duration.ofMillis(ageMillis), RULES);
    }

    @Test
    void anAnswerIsFreshForItsMaxAge() {
        assertThat(decide(ETAG, 10, 9_999)).isEqualTo(FRESH);
        assertThat(decide(ETAG, 10, 10_000)).isEqualTo(new Revalidation.Ask(ETAG));
    }

    @Test
    void questionsAreAskedOncePerSecondAtMost() {
        assertThat(decide(ETAG, 0, 999)).isEqualTo(FRESH);
        assertThat(decide(ETAG, 0, 1_000)).isEqualTo(new Revalidation.Ask(ETAG));
    }

    @Test
    void aDateIsEnoughToAskWith() {
        assertThat(decide(DATE, 0, 5_000)).isEqualTo(new Revalidation.Ask(DATE));
    }

    @Test
    void withoutValidatorsAnAnswerServesForAConfiguredTime() {
        assertThat(decide(Validators.NONE, 0, 29_999)).isEqualTo(FRESH);
        assertThat(decide(Validators.NONE, 0, 30_000)).isEqualTo(new Revalidation.Restart());
        assertThat(decide(Validators.NONE, 60, 30_000)).isEqualTo(FRESH);
    }
}
