// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.core.scheduler;

/// The seed's slots, over all versions; crossings into IDCs have their own.
final class SeedState {
    private final SchedulerSettings settings;
    int slots;
    int used;

    SeedState(SchedulerSettings settings) {
        this.settings = settings;
        this.slots = settings.seedSlots();
    }

    /// Somebody knows better.
    void fix(int upload) {
        slots = Math.clamp(upload, 1, settings.maxSeedSlots());
    }

    boolean free() {
        return used < slots;
    }

    /// See [PeerState#load].
    int load() {
        return (used + 1) * 1024 / slots;
    }

    /// The seed's share of a swarm may be spent on ranges that peers have.
    boolean mayRepeat(Zone.Domain domain, Swarm swarm) {
        return domain.seedBlocks < settings.seedBudget() * swarm.blocks;
    }
}
