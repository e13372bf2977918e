// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.supernode;

import io.dragonfly.core.model.Check;
import io.dragonfly.net.tls.Tls;
import io.dragonfly.origin.OriginRules;
import io.dragonfly.peer.DiskUse;

import org.jspecify.annotations.Nullable;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// What a supernode is told at its start.
///
/// @param home directory of the seed's data
/// @param bind address to listen on; null: all
/// @param port of the API and the control streams, 0 for any free one
/// @param piecePort of the seed's piece server, 0 for any free one
/// @param advertise host that peers reach the seed by; null: the one they reach this supernode by
/// @param fileRoots directories below which `file://` URLs may be read
/// @param inlineBytes contents up to this size come in the registration reply
/// @param seedSlots ranges that the seed uploads at the same time
/// @param originConnections to one origin for one task
/// @param unvalidatedFor how long a content without validators is given out after it was read
/// @param origins which addresses they may have; loopback is right only where nobody else can ask
///   this supernode
/// @param shared groups of registries, each a list with commas: those of one group share the
///   protected blobs that they both have
/// @param clusterToken that peers must show, or null
/// @param tls for the API, the control streams and the pieces, with a certificate; null: none
/// @param apiToken that callers from elsewhere must show to change something, or null: they cannot
/// @param limits to begin with; see [Supernode#change]
/// @param connections how many of what there may be at a time
/// @param disk what the store may take, and for how long
public record SupernodeConfig(
        Path home,
        @Nullable String bind,
        int port,
        int piecePort,
        @Nullable String advertise,
        List<Path> fileRoots,
        int inlineBytes,
        int seedSlots,
        int originConnections,
        Duration unvalidatedFor,
        OriginRules origins,
        List<String> shared,
        @Nullable String clusterToken,
        @Nullable Tls tls,
        @Nullable String apiToken,
        SupernodeLimits limits,
        Connections connections,
        DiskUse disk) {
    /// @param pieces that peers fetch from the seed over
    /// @param perOrigin of all readings together to one origin; more wait for a free one
    public record Connections(int pieces, int perOrigin) {
        /// Two for each of 5,000 hosts.
        public static final Connections DEFAULT = new Connections(10_000, 64);
    }

    public static final int DEFAULT_PORT = 8002;
    public static final int DEFAULT_PIECE_PORT = 8001;

    public SupernodeConfig {
        Check.argument(tls == null || tls.serves(), "a supernode's TLS needs a certificate");
        fileRoots = List.copyOf(fileRoots);
        shared = List.copyOf(shared);
        var _ = Scopes.parse(shared);
    }

    /// Everything at its default, in `home`, for this machine alone.
    public static SupernodeConfig of(Path home) {
        return new SupernodeConfig(
                home,
                "127.0.0.1",
                DEFAULT_PORT,
                DEFAULT_PIECE_PORT,
                null,
                List.of(),
                128 << 10,
                10,
                4,
                Duration.ofSeconds(30),
                new OriginRules(OriginRules.Loopback.ANY, List.of(), List.of()),
                List.of(),
                null,
                null,
                null,
                SupernodeLimits.NONE,
                Connections.DEFAULT,
                DiskUse.DEFAULT);
    }

    Scopes scopes() {
        return Scopes.parse(shared);
    }

    public SupernodeConfig withShared(List<String> newShared) {
        return with(port, piecePort, limits, tls, disk, newShared);
    }

    public SupernodeConfig withLimits(SupernodeLimits newLimits) {
        return with(port, piecePort, newLimits, tls, disk, shared);
    }

    public SupernodeConfig withDisk(DiskUse newDisk) {
        return with(port, piecePort, limits, tls, newDisk, shared);
    }

    public SupernodeConfig withTls(@Nullable Tls newTls) {
        return with(port, piecePort, limits, newTls, disk, shared);
    }

    public SupernodeConfig withPorts(int newPort, int newPiecePort) {
        return with(newPort, newPiecePort, limits, tls, disk, shared);
    }

    private SupernodeConfig with(
            int newPort,
            int newPiecePort,
            SupernodeLimits newLimits,
            @Nullable Tls newTls,
            DiskUse newDisk,
            List<String> newShared) {
        return new SupernodeConfig(
                home,
                bind,
                newPort,
                newPiecePort,
                advertise,
                fileRoots,
                inlineBytes,
                seedSlots,
                originConnections,
                unvalidatedFor,
                origins,
                newShared,
                clusterToken,
                newTls,
                apiToken,
                newLimits,
                connections,
                newDisk);
    }

    @Override
    public String toString() {
        return "SupernodeConfig[home=" + home + ", port=" + port + ", piecePort=" + piecePort + "]";
    }
}
