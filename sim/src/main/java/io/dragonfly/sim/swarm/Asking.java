// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.sim.swarm;

import io.dragonfly.core.download.SourceWait;
import io.dragonfly.sim.engine.Timeline;

import org.jspecify.annotations.Nullable;

/// How a download looks for a supernode: one after the other, and when none answers as the
/// production [SourceWait] decides.
final class Asking {
    private static final long COMEBACK_NANOS = 15_000_000_000L;

    private final World world;
    private final Timeline timeline;
    private final SimHost host;
    private final SimDownload download;
    private @Nullable SourceWait wait;
    private SourceWait.Silence silence = SourceWait.Silence.ABSENT_HERE;

    Asking(World world, SimDownload download) {
        this.world = world;
        this.timeline = world.timeline();
        this.host = download.host();
        this.download = download;
    }

    void begin() {
        ask(0);
    }

    /// A supernode did: what comes next is another outage.
    void answered() {
        wait = null;
        silence = SourceWait.Silence.ABSENT_HERE;
    }

    private void ask(int place) {
        int supernodes = world.supernodes().size();
        if (download.looksNoMore()) {
            return;
        }
        if (place == supernodes) {
            nobodyAnswers();
            return;
        }
        int first = world.conditions().spread() ? host.number() % supernodes : 0;
        SimSupernode node = world.supernodes().get((first + place) % supernodes);
        int mine = download.life();
        host.connect(
                node,
                stream -> {
                    if (mine == download.life()) {
                        stream.toSupernode(
                                MessageSizes.REGISTER, () -> node.register(stream, download));
                    }
                },
                absent -> {
                    if (mine == download.life()) {
                        SourceWait.Silence how =
                                absent ? SourceWait.Silence.ABSENT : SourceWait.Silence.SILENT;
                        silence = how.compareTo(silence) > 0 ? how : silence;
                        ask(place + 1);
                    }
                });
    }

    private void nobodyAnswers() {
        if (download.complete()) {
            later(COMEBACK_NANOS); // comes back by itself, to serve
            return;
        }
        SourceWait now = wait;
        if (now == null) {
            now =
                    new SourceWait(
                            SourceWait.Settings.DEFAULT,
                            world.waits(),
                            silence,
                            host.swarm(),
                            timeline.now());
            wait = now;
        }
        switch (now.next(timeline.now())) {
            case SourceWait.Step.LookAgain(long pause) -> later(pause);
            case SourceWait.Step.ReadOrigin _ -> {
                if (host.hostClass().traits().backToSource()) {
                    download.readOrigin(null);
                } else {
                    download.fail("supernode-unreachable");
                }
            }
        }
    }

    /// Begins again with the first supernode after a while.
    void later(long nanos) {
        int mine = download.life();
        timeline.after(
                nanos,
                () ->
                        host.whenRunning(() -> {
                            if (mine == download.life()) {
                                ask(0);
                            }
                        }));
    }
}
