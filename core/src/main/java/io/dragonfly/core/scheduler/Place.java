// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.core.scheduler;

import java.util.ArrayList;
import java.util.List;

/// An IDC of a security domain, whatever the version. Without a name it is the common place of all
/// peers that nobody gave an IDC, and has no crossings.
final class Place {
    private static final long QUICK_NANOS = 150_000_000L;
    private static final long SLOW_NANOS = 600_000_000L;

    final String domain;
    final String idc;

    /// The parts of the swarms that are here.
    final List<Zone> zones = new ArrayList<>();

    /// Peers here: at zero the place is forgotten.
    int peers;

    /// Ranges that are on their way into this place, over all versions.
    int crossings;

    /// How many may be.
    int crossingLimit;

    Place(String domain, String idc, int crossingLimit) {
        this.domain = domain;
        this.idc = idc;
        this.crossingLimit = crossingLimit;
    }

    /// Takes in how long a range took to get here. Where crossings are quick, two at a time leave
    /// the link idle between the end of one and the start of the next.
    void crossed(long nanos, SchedulerSettings settings) {
        if (nanos < QUICK_NANOS) {
            crossingLimit = Math.min(settings.maxCrossings(), crossingLimit + 1);
        } else if (nanos > SLOW_NANOS) {
            crossingLimit = Math.max(settings.crossings(), crossingLimit - 1);
        }
    }

    boolean limited() {
        return !idc.isEmpty();
    }

    boolean mayCross() {
        return !limited() || crossings < crossingLimit;
    }
}
