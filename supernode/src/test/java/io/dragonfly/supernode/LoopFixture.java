// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.supernode;

import io.dragonfly.core.model.Encoding;
import io.dragonfly.core.model.Geometry;
import io.dragonfly.core.model.HostPort;
import io.dragonfly.core.model.PeerId;
import io.dragonfly.core.model.Secret;
import io.dragonfly.core.model.TaskId;
import io.dragonfly.core.model.Validators;
import io.dragonfly.core.model.Version;
import io.dragonfly.core.model.VersionId;
import io.dragonfly.core.scheduler.Placement;
import io.dragonfly.core.scheduler.Scheduler;
import io.dragonfly.core.scheduler.SchedulerSettings;
import io.dragonfly.net.piece.PieceCounters;
import io.dragonfly.origin.Freshness;
import io.dragonfly.storage.MemoryStore;

import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// A swarm loop without a network, over versions in memory. Pieces have 4 blocks, ranges 2.
final class LoopFixture implements AutoCloseable, SwarmSeed {
    static final int BLOCK = 1024;

    final List<SeedVersion> opened = new ArrayList<>();
    final List<SeedVersion> retired = new ArrayList<>();
    final SwarmLoop loop;
    final PeerReports reports;
    private final MemoryStore store = new MemoryStore(1 << 20, 1000, InstantSource.system());

    LoopFixture(int maxSwarms) {
        Scheduler scheduler =
                new Scheduler(SchedulerSettings.DEFAULTS, new SplittableRandom(maxSwarms));
        loop = new SwarmLoop(scheduler, System::nanoTime, maxSwarms);
        reports = new PeerReports(loop, new SupernodeMetrics(loop, new PieceCounters()));
        loop.start(this);
    }

    SeedVersion version(int number, long length) throws IOException {
        Version version =
                new Version(
                        new VersionId("%032x".formatted(number)),
                        new TaskId("0".repeat(64)),
                        new Geometry(length, 4 * BLOCK, BLOCK, 2),
                        Encoding.IDENTITY,
                        Validators.NONE,
                        "");
        return again(store.create(version).version(), number);
    }

    /// The same bytes under another secret, as after a restart of the reading.
    SeedVersion again(Version version, int secret) {
        return new SeedVersion(
                store.find(version.id()).orElseThrow(),
                new Secret("%032x".formatted(secret)),
                null,
                Freshness.ASK_AGAIN,
                0);
    }

    PeerSession peer(String name) {
        PeerSession session = new PeerSession(new PeerId(name), new RecordedStream("10.0.0.1"));
        ConnectedPeer member =
                new ConnectedPeer(
                        session.id(),
                        name,
                        session.stream(),
                        new HostPort("10.0.0.1", 1),
                        Placement.NOWHERE,
                        "test");
        loop.post(() -> loop.peerUp(member));
        return session;
    }

    static RecordedStream stream(PeerSession session) {
        return (RecordedStream) session.stream();
    }

    /// Waits until the loop has done all that was posted.
    void settle() {
        loop.ask(SwarmLoop::queued);
    }

    @Override
    public void opened(SeedVersion version) {
        opened.add(version);
    }

    @Override
    public void retired(SeedVersion version) {
        retired.add(version);
    }

    @Override
    public void recheck(SeedVersion version, int firstBlock, int endBlock) {}

    @Override
    public void close() {
        loop.close();
    }
}
