// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.supernode;

import io.dragonfly.cli.CommandFailure;
import io.dragonfly.cli.Reload;
import io.dragonfly.core.model.Geometry;
import io.dragonfly.core.model.HostPort;
import io.dragonfly.core.model.TaskId;
import io.dragonfly.core.model.VersionId;
import io.dragonfly.core.protocol.ProtocolVersion;
import io.dragonfly.net.control.ControlServer;
import io.dragonfly.net.http.Exchange;
import io.dragonfly.net.http.HttpServer;
import io.dragonfly.net.http.HttpSettings;
import io.dragonfly.net.http.Listen;
import io.dragonfly.net.http.ProblemException;
import io.dragonfly.net.http.Router;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;

/// The REST API of a supernode, described by `openapi.yaml`. Reading is open; URLs are masked,
/// secrets and credentials never appear. What changes anything asks [ApiAccess]. Thread-safe.
final class SupernodeApi {
    /// Entries of a listing, at most.
    private static final int MAX_ENTRIES = 1000;

    private static final HttpSettings SETTINGS = HttpSettings.DEFAULT;

    private final SeedLibrary library;
    private final SwarmLoop loop;
    private final Preheats preheats;
    private final SupernodeMetrics metrics;
    private final String software;
    private final ApiAccess access;
    private final Router router;
    private volatile @Nullable Supplier<Reload.Outcome> reload;

    SupernodeApi(
            SeedLibrary library,
            SwarmLoop loop,
            Preheats preheats,
            SupernodeMetrics metrics,
            String software,
            ApiAccess access) {
        this.library = library;
        this.loop = loop;
        this.preheats = preheats;
        this.metrics = metrics;
        this.software = software;
        this.access = access;
        this.router = router();
    }

    /// A task as the API shows it.
    ///
    /// @param state `idle`, `reading` or `complete`
    record TaskView(
            String id,
            String url,
            String state,
            @Nullable String version,
            long length,
            int pieceSize,
            int blocksRead,
            long bytesFromOrigin,
            int peers) {}

    record PieceView(int piece, int blocks, int blocksRead, @Nullable String digest) {}

    record PeerView(
            String id,
            String hostname,
            @Nullable String address,
            String hostGroup,
            String idc,
            String securityDomain,
            String software,
            List<String> versions) {}

    record VersionView(String software, int protocolMin, int protocolMax) {}

    record Health(String status, int peers, int swarms, int queued) {}

    HttpServer serve(Listen.Tcp place, ControlServer control) throws IOException {
        return HttpServer.start(SETTINGS, List.of(place), control.handler(), router);
    }

    /// Peers in the swarms of all versions.
    int members() {
        return loop.ask(
                l -> l.swarms().values().stream().mapToInt(swarm -> swarm.members.size()).sum());
    }

    /// The token that lets callers from elsewhere change something; null: they cannot.
    void token(@Nullable String token) {
        access.token(token);
    }

    /// What reads the configuration anew.
    void reloadBy(Supplier<Reload.Outcome> how) {
        reload = how;
    }

    private void reload(Exchange exchange) throws IOException, ProblemException {
        access.require(exchange);
        Supplier<Reload.Outcome> how = reload;
        if (how == null) {
            throw new ProblemException(
                    409, "not-reloadable", "this supernode was started without a configuration");
        }
        try {
            exchange.json(how.get());
        } catch (CommandFailure e) {
            throw new ProblemException(400, "bad-config", String.valueOf(e.getMessage()));
        }
    }

    /// What is served.
    List<String> routes() {
        return router.routes();
    }

    private Router router() {
        return new Router(SETTINGS)
                .get("/v1/health", e -> e.json(loop.ask(SupernodeApi::health)))
                .get("/v1/version", e -> e.json(version()))
                .get("/v1/tasks", e -> e.json(tasks()))
                .get("/v1/tasks/{id}", e -> e.json(view(task(e))))
                .get("/v1/tasks/{id}/pieces", e -> e.json(pieces(task(e))))
                .get("/v1/tasks/{id}/peers", e -> e.json(members(task(e))))
                .get("/v1/peers", e -> e.json(loop.ask(SupernodeApi::peers)))
                .post("/v1/reload", this::reload)
                .get("/api/v1/preheats", e -> e.json(views()))
                .post("/api/v1/preheats", this::preheat)
                .get("/api/v1/preheats/{id}", e -> e.json(preheat(e.segment("id")).view()))
                .delete("/api/v1/preheats/{id}", this::cancel)
                .get("/v1/openapi.yaml", SupernodeApi::openApi)
                .get("/metrics", e -> e.send(metrics.contentType(), metrics.scrape()));
    }

    private List<Preheat.View> views() {
        return preheats.list().stream().map(Preheat::view).toList();
    }

    private void preheat(Exchange exchange) throws IOException, ProblemException {
        access.require(exchange);
        Preheat.Order order;
        try {
            order = exchange.json(Preheat.Request.class).order();
        } catch (IllegalArgumentException e) {
            throw new ProblemException(400, "bad-preheat", String.valueOf(e.getMessage()));
        }
        Preheat preheat = preheats.add(order);
        exchange.status(202).answerHeader("Location", "/api/v1/preheats/" + preheat.id());
        exchange.json(preheat.view());
    }

    private Preheat preheat(String id) throws ProblemException {
        return preheats.find(id)
                .orElseThrow(() ->
                        new ProblemException(
                                404, "unknown-preheat", "no such preheat: see /api/v1/preheats"));
    }

    private void cancel(Exchange exchange) throws IOException, ProblemException {
        access.require(exchange);
        Preheat preheat = preheat(exchange.segment("id"));
        preheat.cancel();
        exchange.json(preheat.view());
    }

    private VersionView version() {
        return new VersionView(software, ProtocolVersion.MIN, ProtocolVersion.MAX);
    }

    private static Health health(SwarmLoop loop) {
        return new Health("ok", loop.peers().size(), loop.swarms().size(), loop.queued());
    }

    private List<TaskView> tasks() {
        return library.tasks().stream().limit(MAX_ENTRIES).map(this::view).toList();
    }

    private SeedTask task(Exchange exchange) throws ProblemException {
        try {
            Optional<SeedTask> task = library.task(new TaskId(exchange.segment("id")));
            if (task.isPresent()) {
                return task.get();
            }
        } catch (IllegalArgumentException e) {
            throw new ProblemException(400, "bad-task-id", String.valueOf(e.getMessage()));
        }
        throw new ProblemException(404, "unknown-task", "no such task: see /v1/tasks");
    }

    private TaskView view(SeedTask task) {
        SeedVersion version = task.current();
        if (version == null) {
            return new TaskView(
                    task.id().hex(), task.maskedUrl(), "idle", null, Geometry.UNKNOWN, 0, 0, 0, 0);
        }
        VersionId id = version.version().id();
        Geometry geometry = version.geometry();
        return new TaskView(
                task.id().hex(),
                task.maskedUrl(),
                version.reading() ? "reading" : "complete",
                id.hex(),
                geometry.length(),
                geometry.pieceSize(),
                version.stored().blockCount(),
                version.readFromOrigin(),
                loop.ask(l -> l.swarm(id) == null ? 0 : known(l, id).members.size()));
    }

    private static Swarm known(SwarmLoop loop, VersionId id) {
        return Objects.requireNonNull(loop.swarm(id));
    }

    private List<PieceView> pieces(SeedTask task) {
        SeedVersion version = task.current();
        return version == null ? List.of() : loop.ask(l -> pieces(l, version.version().id()));
    }

    private static List<PieceView> pieces(SwarmLoop loop, VersionId id) {
        Swarm swarm = loop.swarm(id);
        List<PieceView> views = new ArrayList<>();
        int count =
                swarm == null
                        ? 0
                        : swarm.geometry().lengthKnown()
                                ? swarm.geometry().pieces()
                                : swarm.piecesKnown();
        for (int piece = 0; swarm != null && piece < count; piece++) {
            int first = swarm.geometry().firstBlockOfPiece(piece);
            int end = swarm.geometry().endBlockOfPiece(piece);
            var digest = swarm.pieceDigest(piece);
            views.add(
                    new PieceView(
                            piece,
                            end - first,
                            swarm.blockDigests(first, end).size(),
                            digest == null ? null : digest.hex()));
        }
        return views;
    }

    private List<PeerView> members(SeedTask task) {
        SeedVersion version = task.current();
        if (version == null) {
            return List.of();
        }
        VersionId id = version.version().id();
        return loop.ask(SupernodeApi::peers).stream()
                .filter(peer -> peer.versions().contains(id.hex()))
                .toList();
    }

    private static List<PeerView> peers(SwarmLoop loop) {
        return loop.peers().values().stream()
                .limit(MAX_ENTRIES)
                .map(member -> view(loop, member))
                .toList();
    }

    private static PeerView view(SwarmLoop loop, ConnectedPeer member) {
        HostPort address = member.address();
        return new PeerView(
                member.id().value(),
                member.hostname(),
                address == null ? null : address.toString(),
                member.placement().hostGroup(),
                member.placement().idc(),
                member.placement().securityDomain(),
                member.software(),
                loop.swarms().values().stream()
                        .filter(swarm -> swarm.members.contains(member.id()))
                        .map(swarm -> swarm.id().hex())
                        .toList());
    }

    private static void openApi(Exchange exchange) throws IOException {
        try (InputStream document = SupernodeApi.class.getResourceAsStream("openapi.yaml")) {
            exchange.send("application/yaml", Objects.requireNonNull(document).readAllBytes());
        }
    }
}
