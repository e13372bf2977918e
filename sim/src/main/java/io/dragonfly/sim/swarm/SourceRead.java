// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.sim.swarm;

import io.dragonfly.sim.engine.Timeline;
import io.dragonfly.sim.network.Flow;
import io.dragonfly.sim.network.FlowSink;

import org.jspecify.annotations.Nullable;

import java.util.function.Consumer;

/// A host reads a content from the origin itself: again after a pause where the connection breaks,
/// until a minute went by without a byte.
final class SourceRead implements FlowSink {
    private static final long PATIENCE_NANOS = 60_000_000_000L;
    private static final long PAUSE_NANOS = 1_000_000_000L;

    private final World world;
    private final Timeline timeline;
    private final SimDownload download;
    private final Consumer<@Nullable SimVersion> end;
    private SimOrigin.@Nullable Reading reading;
    private @Nullable SimVersion version;
    private int next;
    private long heard;
    private boolean over;

    /// @param end hears what was read, or null
    SourceRead(World world, SimDownload download, Consumer<@Nullable SimVersion> end) {
        this.world = world;
        this.timeline = world.timeline();
        this.download = download;
        this.end = end;
        this.heard = timeline.now();
        ask();
    }

    void stop() {
        over = true;
        if (reading != null) {
            reading.close();
        }
    }

    private void ask() {
        world.origin()
                .ask(
                        download.content(),
                        now ->
                                running(() -> {
                                    if (now == null) {
                                        again();
                                        return;
                                    }
                                    heard = timeline.now();
                                    if (version == null || !version.id().equals(now.id())) {
                                        version = now;
                                        next = 0;
                                    }
                                    reading =
                                            world.origin()
                                                    .read(
                                                            now,
                                                            next,
                                                            download.host().down(),
                                                            this,
                                                            () -> running(this::again));
                                }));
    }

    private void running(Runnable action) {
        download.host()
                .whenRunning(() -> {
                    if (!over) {
                        action.run();
                    }
                });
    }

    private void again() {
        reading = null;
        if (timeline.now() - heard > PATIENCE_NANOS) {
            over = true;
            end.accept(null);
        } else {
            timeline.after(
                    PAUSE_NANOS + world.waits().nextLong(PAUSE_NANOS), () -> running(this::ask));
        }
    }

    @Override
    public void arrived(Flow flow, int block) {
        running(() -> {
            heard = timeline.now();
            next = block + 1;
        });
    }

    @Override
    public void completed(Flow flow) {
        running(() -> {
            over = true;
            if (reading != null) {
                reading.close();
            }
            end.accept(version);
        });
    }
}
