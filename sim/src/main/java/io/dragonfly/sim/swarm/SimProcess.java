// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.sim.swarm;

import java.util.ArrayList;
import java.util.List;

/// A process that can end, start again, and stand still: what should happen meanwhile happens when
/// it goes on.
final class SimProcess {
    private final List<Runnable> backlog = new ArrayList<>(0);
    private boolean running;
    private boolean stalled;
    private int life;

    boolean running() {
        return running;
    }

    boolean stalled() {
        return stalled;
    }

    /// Whether it gives signs of life.
    boolean responds() {
        return running && !stalled;
    }

    /// How often it has ended.
    int life() {
        return life;
    }

    int waiting() {
        return backlog.size();
    }

    void start() {
        running = true;
    }

    void end() {
        running = false;
        stalled = false;
        life++;
        backlog.clear();
    }

    void stall(boolean now) {
        stalled = now;
        if (!now) {
            List<Runnable> late = List.copyOf(backlog);
            backlog.clear();
            late.forEach(Runnable::run);
        }
    }

    /// Does it now, or when the process goes on; never after its end.
    void whenRunning(Runnable action) {
        if (!stalled) {
            if (running) {
                action.run();
            }
            return;
        }
        int mine = life;
        backlog.add(() -> {
            if (running && mine == life) {
                action.run();
            }
        });
    }
}
