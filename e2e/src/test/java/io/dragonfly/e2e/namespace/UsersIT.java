// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.e2e.namespace;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;

import io.dragonfly.e2e.Digests;
import io.dragonfly.e2e.Host;
import io.dragonfly.e2e.Lab;
import io.dragonfly.e2e.NeedsRoot;
import io.dragonfly.e2e.Piece;
import io.dragonfly.e2e.Running;
import io.dragonfly.e2e.Swarm;
import io.dragonfly.e2e.SystemFiles;
import io.dragonfly.e2e.TestOrigin;
import io.dragonfly.origin.testing.Answers;
import io.dragonfly.origin.testing.Behaviour;
import io.dragonfly.origin.testing.Content;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// Root's daemon in its usual places, and two ordinary users of the host.
@ExtendWith(NeedsRoot.class)
final class UsersIT {
    @RegisterExtension static final Lab LAB = new Lab();

    private static final int ANN = 30_001;
    private static final int BOB = 30_002;
    private static final String SOCKET = "/run/dragonfly/dfdaemon.sock";
    private static final String SECRET = "Authorization: Bearer of-ann";
    private static final Duration LIMIT = Duration.ofMinutes(1);
    private static final Swarm SWARM = new Swarm(LAB);
    private static final Content CONTENT = Content.random(61, 3_000_000);

    private static TestOrigin origin;
    private static Swarm.Supernode supernode;
    private static SystemFiles files;
    private static Path rootOnly;

    @BeforeAll
    static void start() throws IOException {
        Files.setPosixFilePermissions(LAB.dir(), PosixFilePermissions.fromString("rwx--x--x"));
        rootOnly = Files.createDirectories(LAB.path("root-only"));
        Files.setPosixFilePermissions(rootOnly, PosixFilePermissions.fromString("rwx------"));
        origin = new TestOrigin();
        supernode = SWARM.supernode(Host.THIS, "sn");
        files = new SystemFiles(LAB);
        Running daemon =
                files.start(
                        0,
                        "dfdaemon",
                        List.of(
                                "--node",
                                supernode.node(),
                                "--piece-port",
                                "0",
                                // Or else nobody but root may name the origin of this test.
                                "--loopback-origins"));
        var _ = daemon.awaitLine("ready ", LIMIT);
    }

    @AfterAll
    static void stop() {
        origin.close();
    }

    @Test
    void anOutputBelongsToTheUser() throws IOException {
        Path output = directory(ANN, "own").resolve("file");

        Running dfget = dfget(ANN, origin.serve("/own", Answers.honest(CONTENT)), output);

        assertThat(dfget.await(LIMIT)).as("%s", dfget).isZero();
        assertThat(Digests.sha256(output)).isEqualTo(CONTENT.sha256());
        assertThat(Files.getAttribute(output, "unix:uid")).isEqualTo(ANN);
        assertThat(Files.getAttribute(output, "unix:gid")).isEqualTo(ANN);
    }

    @Test
    void aDirectoryOfRootIsRefusedWithTheUsersOwnRights() throws IOException {
        Path output = rootOnly.resolve("file");

        assertRefused(dfget(ANN, origin.serve("/root", Answers.honest(CONTENT)), output), output);
    }

    @Test
    void aLinkIntoADirectoryOfRootIsRefused() throws IOException {
        Path directory = directory(ANN, "link");
        Path toDirectory = Files.createSymbolicLink(directory.resolve("d"), rootOnly);
        Path toFile = Files.createSymbolicLink(directory.resolve("f"), rootOnly.resolve("file"));
        String url = origin.serve("/link", Answers.honest(CONTENT));

        assertRefused(dfget(ANN, url, toDirectory.resolve("file")), toDirectory.resolve("file"));
        assertRefused(dfget(ANN, url, toFile), toFile);

        assertThat(toFile).isSymbolicLink();
        assertThat(list(directory)).containsExactlyInAnyOrder("d", "f");
    }

    @Test
    void aFileOfTheStoreIsRefused() throws IOException {
        String url = origin.serve("/store", Answers.honest(CONTENT));
        Path output = directory(ANN, "store").resolve("file");
        Running first = dfget(ANN, url, output);
        assertThat(first.await(LIMIT)).as("%s", first).isZero();
        Running find =
                files.run(0, "/usr/bin/find", List.of("/var/lib/dragonfly/data", "-type", "f"));
        String stored = find.outText().lines().findFirst().orElseThrow();

        Running dfget = dfget(ANN, url, Path.of(stored));

        assertRefused(dfget, Path.of(stored));
    }

    @Test
    void aSecondUserWithoutCredentialsGetsNoByteByDfget() throws IOException {
        String url = origin.serve("/by-dfget", guarded(CONTENT));
        Path output = directory(BOB, "by-dfget").resolve("file");
        assertThat(protectedOfAnn(url, "ann-by-dfget").await(LIMIT)).isZero();

        for (List<String> header :
                List.of(List.<String>of(), List.of("--header", "Authorization: Bearer x"))) {
            Running dfget = dfget(BOB, url, output, header.toArray(String[]::new));

            assertThat(dfget.await(LIMIT)).as("%s", dfget).isEqualTo(4);
            assertThat(dfget.errText()).hasLineCount(1).contains("answered 401");
            assertThat(list(output.getParent())).isEmpty();
        }
    }

    @Test
    void aSecondUserGetsNoByteByTheApi() throws IOException {
        // Not what another test has brought to this host: it must take its time.
        String url = origin.serve("/by-api", guarded(Content.random(62, 3_000_000)));
        Running ann = protectedOfAnn(url, "ann-by-api", "--locallimit", "100K");
        Swarm.awaitVerified(ann, 100_000, LIMIT);
        String id = "";
        for (JsonNode download : listed(ANN)) {
            id = download.path("url").asText().equals(url) ? download.path("id").asText() : id;
        }

        assertThat(listed(BOB)).isEmpty();
        for (String path : List.of("", "/content")) {
            String answer = curl(BOB, "-i", "http://x/v1/downloads/" + id + path);
            assertThat(answer).startsWith("HTTP/1.1 403 ").contains("\"code\":\"not-permitted\"");
        }
        assertThat(curl(BOB, "-i", "-X", "DELETE", "http://x/v1/downloads/" + id))
                .startsWith("HTTP/1.1 403 ");
        assertThat(ann.alive()).isTrue();
        assertThat(curl(ANN, "-i", "-X", "DELETE", "http://x/v1/downloads/" + id))
                .startsWith("HTTP/1.1 204 ");
        assertThat(ann.await(LIMIT)).isEqualTo(130);
    }

    @Test
    void withoutTheSecretOfTheVersionThePiecePortsGiveNoByte() throws IOException {
        String url = origin.serve("/by-piece", guarded(CONTENT));
        Running ann = protectedOfAnn(url, "ann-by-piece");
        assertThat(ann.await(LIMIT)).as("%s", ann).isZero();
        String version = Swarm.event(ann, "done").orElseThrow().path("version").asText();
        assertThat(version).hasSize(32);
        int daemonsPort =
                Integer.parseInt(
                        supernode
                                .ask("/v1/peers")
                                .path(0)
                                .path("address")
                                .asText()
                                .replaceAll(".*:", ""));

        for (int port : List.of(daemonsPort, supernode.piecePort())) {
            assertThat(Piece.ask(port, version, "00".repeat(16)))
                    .isEqualTo(Piece.Answer.UNKNOWN_VERSION);
        }
    }

    /// Whoever shows Ann's credentials gets the content.
    private static Behaviour guarded(Content content) {
        Behaviour honest = Answers.honest(content);
        Behaviour refused = Answers.status(401, "Who are you");
        return (request, wire) ->
                (request.header("Authorization").equals("Bearer of-ann") ? honest : refused)
                        .answer(request, wire);
    }

    private static Running protectedOfAnn(String url, String name, String... options)
            throws IOException {
        List<String> all = new ArrayList<>(List.of("--json", "--header", SECRET));
        all.addAll(List.of(options));
        Path output = directory(ANN, name).resolve("file");
        return dfget(ANN, url, output, all.toArray(String[]::new));
    }

    private static Running dfget(int uid, String url, Path output, String... options) {
        List<String> arguments = new ArrayList<>(List.of("-q", "-O", output.toString(), url));
        arguments.addAll(List.of(options));
        return files.start(uid, "dfget", arguments);
    }

    private static JsonNode listed(int uid) {
        return Swarm.parsed(curl(uid, "http://x/v1/downloads"));
    }

    private static String curl(int uid, String... arguments) {
        List<String> all = new ArrayList<>(List.of("-s", "--unix-socket", SOCKET));
        all.addAll(List.of(arguments));
        return files.run(uid, "/usr/bin/curl", all).outText();
    }

    private static void assertRefused(Running dfget, Path output) throws IOException {
        assertThat(dfget.await(LIMIT)).as("%s", dfget).isEqualTo(14);
        assertThat(dfget.errText())
                .isEqualTo("dfget: cannot write " + output + ": permission denied\n");
        assertThat(list(rootOnly)).isEmpty();
    }

    private static Path directory(int uid, String name) throws IOException {
        Path directory = Files.createDirectories(LAB.path(name));
        Files.setAttribute(directory, "unix:uid", uid);
        Files.setAttribute(directory, "unix:gid", uid);
        return directory;
    }

    private static List<String> list(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.map(path -> String.valueOf(path.getFileName())).toList();
        }
    }
}
