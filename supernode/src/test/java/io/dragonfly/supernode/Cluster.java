// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.supernode;

import io.dragonfly.core.model.Digest;
import io.dragonfly.core.model.HostPort;
import io.dragonfly.core.model.TaskSpec;
import io.dragonfly.net.tls.Tls;
import io.dragonfly.origin.OriginRules;
import io.dragonfly.peer.DiskUse;
import io.dragonfly.peer.Download;
import io.dragonfly.peer.DownloadRequest;
import io.dragonfly.peer.DownloadRequest.Pattern;
import io.dragonfly.peer.DownloadStatus;
import io.dragonfly.peer.Peer;
import io.dragonfly.peer.PeerConfig;
import io.dragonfly.peer.PeerEnvironment;
import io.dragonfly.peer.PeerLimits;

import org.jspecify.annotations.Nullable;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/// Supernodes and peers in this JVM, over real sockets of the loopback interface.
final class Cluster implements Closeable {
    private static final long DEADLINE_NANOS = 60_000_000_000L;

    private final Path home;
    private final AtomicReference<Duration> ahead = new AtomicReference<>(Duration.ZERO);
    private final PeerEnvironment environment = environment();
    private final List<Supernode> supernodes = new ArrayList<>();
    private final List<HostPort> addresses = new ArrayList<>();
    private final List<Peer> peers = new ArrayList<>();
    private final @Nullable Tls tls;

    Cluster(Path home) {
        this(home, null);
    }

    /// @param tls of everybody
    Cluster(Path home, @Nullable Tls tls) {
        this.home = home;
        this.tls = tls;
    }

    private PeerEnvironment environment() {
        PeerEnvironment system = PeerEnvironment.system();
        return new PeerEnvironment(
                system.nanoTime(),
                () -> system.clock().instant().plus(ahead.get()),
                system.random(),
                system.variables());
    }

    /// The wall clock of all programs jumps.
    void later(Duration time) {
        ahead.updateAndGet(time::plus);
    }

    /// What the programs' wall clock says.
    Instant now() {
        return environment().clock().instant();
    }

    static Cluster of(Path home, int peers) throws IOException {
        Cluster cluster = new Cluster(home);
        cluster.addSupernode();
        for (int i = 0; i < peers; i++) {
            cluster.addPeer();
        }
        return cluster;
    }

    Supernode addSupernode() throws IOException {
        return addSupernode(SupernodeLimits.NONE, DiskUse.DEFAULT, List.of());
    }

    /// @param shared groups of registries
    Supernode addSupernode(List<String> shared) throws IOException {
        return addSupernode(SupernodeLimits.NONE, DiskUse.DEFAULT, shared);
    }

    Supernode addSupernode(DiskUse disk) throws IOException {
        return addSupernode(SupernodeLimits.NONE, disk, List.of());
    }

    Supernode addSupernode(SupernodeLimits limits) throws IOException {
        return addSupernode(limits, DiskUse.DEFAULT, List.of());
    }

    private Supernode addSupernode(SupernodeLimits limits, DiskUse disk, List<String> shared)
            throws IOException {
        SupernodeConfig config =
                SupernodeConfig.of(home.resolve("supernode" + supernodes.size()))
                        .withPorts(0, 0)
                        .withTls(tls)
                        .withDisk(disk)
                        .withShared(shared)
                        .withLimits(limits);
        Supernode supernode = Supernode.start(config, environment);
        supernodes.add(supernode);
        addresses.add(new HostPort("127.0.0.1", supernode.port()));
        return supernode;
    }

    /// Ends a supernode and starts it again with the same home and ports.
    void restart(int number) throws IOException {
        Supernode old = supernodes.get(number);
        SupernodeConfig config =
                SupernodeConfig.of(home.resolve("supernode" + number))
                        .withPorts(old.port(), old.piecePort())
                        .withTls(tls);
        old.close();
        supernodes.set(number, Supernode.start(config, environment));
    }

    /// Waits until so many peers have announced themselves; the test's own limit of time ends it.
    void awaitMembers(int supernode, int members) {
        while (supernodes.get(supernode).members() < members) {
            Thread.onSpinWait();
        }
    }

    Peer addPeer() throws IOException {
        return addPeer(PeerLimits.NONE);
    }

    Peer addPeer(PeerLimits limits) throws IOException {
        Peer peer = startPeer("peer" + peers.size(), limits, tls, DiskUse.DEFAULT);
        peers.add(peer);
        return peer;
    }

    /// A peer of a home of its own; the caller closes it.
    Peer startPeer(String name) throws IOException {
        return startPeer(name, tls);
    }

    Peer startPeerOn(String name, DiskUse disk) throws IOException {
        return startPeer(name, PeerLimits.NONE, tls, disk);
    }

    Peer startPeer(String name, @Nullable Tls own) throws IOException {
        return startPeer(name, PeerLimits.NONE, own, DiskUse.DEFAULT);
    }

    private Peer startPeer(String name, PeerLimits limits, @Nullable Tls own, DiskUse disk)
            throws IOException {
        PeerConfig config =
                new PeerConfig(
                        home.resolve(name),
                        addresses,
                        "127.0.0.1",
                        0,
                        null,
                        name,
                        "",
                        "",
                        "",
                        null,
                        limits,
                        true,
                        OriginRules.DEFAULT,
                        false,
                        own,
                        disk);
        return Peer.start(config, environment);
    }

    List<Peer> peers() {
        return peers;
    }

    HostPort address(int supernode) {
        return addresses.get(supernode);
    }

    static DownloadRequest request(URI url, long bytesPerSecond) {
        return new DownloadRequest(TaskSpec.of(url), List.of(), Pattern.P2P, true, bytesPerSecond);
    }

    static DownloadRequest request(URI url, @Nullable Digest digest) {
        TaskSpec spec = new TaskSpec(url, List.of(), List.of(), "", digest, false, "");
        return new DownloadRequest(spec, List.of(), Pattern.P2P, true, 0);
    }

    /// All peers at once.
    List<Download> download(URI url, long bytesPerSecond) {
        List<Download> downloads = new ArrayList<>();
        for (Peer peer : peers) {
            downloads.add(peer.download(request(url, bytesPerSecond)));
        }
        return downloads;
    }

    /// Waits for the end; fails the test after a minute.
    static DownloadStatus await(Download download) {
        return awaitUntil(download, Long.MAX_VALUE);
    }

    /// Waits until so many bytes are verified, or the end.
    static DownloadStatus awaitUntil(Download download, long verified) {
        long end = System.nanoTime() + DEADLINE_NANOS;
        DownloadStatus status = download.status();
        while (!status.ended() && status.verified() < verified) {
            if (System.nanoTime() > end) {
                throw new AssertionError("no end within a minute: " + status);
            }
            status = download.awaitChange(status.sequence(), 1_000_000_000L);
        }
        return status;
    }

    static byte[] bytes(Download download) throws IOException {
        try (InputStream in = download.open()) {
            return in.readAllBytes();
        }
    }

    @Override
    public void close() throws IOException {
        for (Peer peer : peers) {
            peer.close();
        }
        supernodes.forEach(Supernode::close);
    }
}
