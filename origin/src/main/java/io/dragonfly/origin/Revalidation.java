// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.origin;

import io.dragonfly.core.model.Validators;

import java.time.Duration;

/// Decides whether what was read may be given to somebody who asks now. A pure function.
public sealed interface Revalidation {
    /// Give it without asking.
    record Fresh() implements Revalidation {}

    /// Ask the origin whether these still hold ([OriginRequest#ifChanged]); give it if so.
    record Ask(Validators validators) implements Revalidation {}

    /// Nothing to ask with: read again, as a new version.
    record Restart() implements Revalidation {}

    /// How long answers are used without asking.
    ///
    /// @param coalesce always so long: one question per task in this time, whoever asks (a second)
    /// @param withoutValidators so long where the origin gave nothing to ask with
    record Rules(Duration coalesce, Duration withoutValidators) {}

    /// @param stored of the version that is here
    /// @param freshness that the origin gave with its last answer
    /// @param age time since that answer; the caller has versions that are still being read count
    ///   as 0
    static Revalidation decide(Validators stored, Freshness freshness, Duration age, Rules rules) {
        boolean canAsk = !stored.etag().isEmpty() || !stored.lastModified().isEmpty();
        Duration free = max(rules.coalesce(), Duration.ofSeconds(freshness.maxAgeSeconds()));
        if (!canAsk) {
            free = max(free, rules.withoutValidators());
        }
        if (age.compareTo(free) < 0) {
            return new Fresh();
        }
        return canAsk ? new Ask(stored) : new Restart();
    }

    private static Duration max(Duration a, Duration b) {
        return a.compareTo(b) >= 0 ? a : b;
    }
}
