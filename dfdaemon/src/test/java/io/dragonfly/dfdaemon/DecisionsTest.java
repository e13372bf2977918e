// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.dfdaemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.dragonfly.cli.CommandFailure;
import io.dragonfly.cli.Program;
import io.dragonfly.core.model.HostPort;
import io.dragonfly.core.model.TaskSpec;
import io.dragonfly.net.http.ProblemException;
import io.dragonfly.peer.DownloadRequest;
import io.dragonfly.peer.PeerEnvironment;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import picocli.CommandLine;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.util.List;
import java.util.Map;

/// What needs no server: who may see what, where things are, when idle, the command line.
final class DecisionsTest {
    private static final DfdaemonConfig.Downloads DOWNLOADS = new DfdaemonConfig.Downloads(10, 10);

    @TempDir private Path directory = Path.of("");

    private static UserPrincipal user(int uid) throws IOException {
        return FileSystems.getDefault()
                .getUserPrincipalLookupService()
                .lookupPrincipalByName(Integer.toString(uid));
    }

    private static DownloadRequest request() {
        return new DownloadRequest(
                TaskSpec.of(URI.create("http://h/f")),
                List.of(),
                DownloadRequest.Pattern.P2P,
                true,
                0);
    }

    @Test
    void downloadsArePrivateToTheirUserAndRoot() throws Exception {
        DownloadTable table = new DownloadTable(new FakeEngine(), DOWNLOADS, user(70_001), user(0));
        DownloadTable.Entry entry = table.start(request(), user(70_002));
        String id = entry.download().id();
        assertThat(table.find(id, user(70_002))).isSameAs(entry);
        assertThat(table.find(id, user(0))).isSameAs(entry);
        assertThat(table.list(user(70_003))).isEmpty();
        assertThat(table.list(user(0))).containsExactly(entry);
        for (int other : List.of(70_001, 70_003)) {
            assertThatExceptionOfType(ProblemException.class)
                    .isThrownBy(() -> table.find(id, user(other)))
                    .matches(problem -> problem.problem().status() == 403);
        }
        assertThat(table.isSelf(user(70_001))).isTrue();
        assertThat(table.isSelf(user(0))).isFalse();
    }

    @Test
    void nobodyKeepsTheOthersOut() throws Exception {
        DownloadTable table =
                new DownloadTable(
                        new FakeEngine(),
                        new DfdaemonConfig.Downloads(3, 2),
                        user(70_001),
                        user(0));
        DownloadTable.Entry first = table.start(request(), user(70_002));
        table.start(request(), user(70_002));
        assertThatExceptionOfType(ProblemException.class)
                .isThrownBy(() -> table.start(request(), user(70_002)))
                .matches(problem -> problem.problem().status() == 429)
                .withMessageContaining("2 downloads of")
                .withMessageContaining("--max-downloads-per-user");
        table.start(request(), user(70_003));
        assertThatExceptionOfType(ProblemException.class)
                .isThrownBy(() -> table.start(request(), user(70_003)))
                .withMessageContaining("3 downloads run already (--max-downloads)");
        table.end(first);
        table.start(request(), user(70_002));
        table.limit(new DfdaemonConfig.Downloads(4, 3));
        table.start(request(), user(70_002));
        assertThat(table.isTrusted(user(0))).isTrue();
        assertThat(table.isTrusted(user(70_001))).isTrue();
        assertThat(table.isTrusted(user(70_002))).isFalse();
    }

    @Test
    void aUsersShareFollowsFromWhoMayCall() {
        LimitOptions options = new LimitOptions();
        assertThat(options.downloads(true)).isEqualTo(new DfdaemonConfig.Downloads(1000, 250));
        assertThat(options.downloads(false)).isEqualTo(new DfdaemonConfig.Downloads(1000, 1000));
    }

    @Test
    void anIdleTableTakesNoMoreOrdersAndABusyOneDoes() throws Exception {
        DownloadTable table = new DownloadTable(new FakeEngine(), DOWNLOADS, user(1), user(0));
        DownloadTable.Entry entry = table.start(request(), user(1));
        assertThat(table.stopIfIdle()).isFalse();
        table.end(entry);
        assertThat(table.stopIfIdle()).isTrue();
        assertThatExceptionOfType(ProblemException.class)
                .isThrownBy(() -> table.start(request(), user(1)))
                .matches(problem -> problem.problem().status() == 503);
    }

    @Test
    void idleMeansNoDownloadAndNoUploadForTheWholeTime() {
        IdleClock clock = new IdleClock(100, 0);
        assertThat(clock.update(false, 0, 99)).isFalse();
        assertThat(clock.update(true, 0, 150)).isFalse();
        assertThat(clock.update(false, 0, 249)).isFalse();
        assertThat(clock.update(false, 5, 249)).isFalse();
        assertThat(clock.update(false, 5, 348)).isFalse();
        assertThat(clock.update(false, 5, 349)).isTrue();
    }

    @Test
    void placesFollowTheUserAndTheFlags() throws IOException {
        Map<String, String> environment =
                Map.of("HOME", "/h", "XDG_RUNTIME_DIR", directory.toString());
        Path home = directory.resolve("x");
        Places named = Places.of(home, null, environment);
        assertThat(named).isEqualTo(new Places(home, home.resolve("run/dfdaemon.sock"), false));
        Places own = Places.of(Path.of("/h/.small-dragonfly"), null, environment);
        assertThat(own.socket()).isEqualTo(directory.resolve("dragonfly/dfdaemon.sock"));
        Places socket = Places.of(home, Path.of("/s"), environment);
        assertThat(socket.socket()).isEqualTo(Path.of("/s"));
        boolean root = Places.self().equals(Places.root());
        assertThat(Places.of(null, null, environment).home())
                .isEqualTo(Path.of(root ? "/var/lib/dragonfly" : "/h/.small-dragonfly"));
        assertThatExceptionOfType(CommandFailure.class)
                .isThrownBy(() -> Places.of(Path.of("/" + "x".repeat(99)), null, environment))
                .withMessageContaining("--socket");
    }

    @Test
    void supernodesAreRememberedUntilOthersAreGiven() throws IOException {
        Files.createDirectories(directory.resolve("meta"));
        SupernodeCache cache = new SupernodeCache(directory);
        assertThat(cache.resolve(List.of())).containsExactly(new HostPort("127.0.0.1", 8002));
        List<HostPort> given = List.of(new HostPort("a", 1), new HostPort("::1", 2));
        assertThat(cache.resolve(given)).isEqualTo(given);
        assertThat(new SupernodeCache(directory).resolve(List.of())).isEqualTo(given);
        Files.writeString(directory.resolve("meta/supernodes"), "a=b\n");
        assertThat(cache.resolve(List.of())).containsExactly(new HostPort("127.0.0.1", 8002));
    }

    private int run(StringWriter out, StringWriter err, String... args) {
        CommandLine commandLine =
                Main.commandLine(
                        new DfdaemonCommand(
                                new DaemonEnvironment(
                                        Map.of("HOME", directory.toString()),
                                        System::nanoTime,
                                        PeerEnvironment.system())));
        commandLine.setOut(new PrintWriter(out));
        commandLine.setErr(new PrintWriter(err));
        return new Program(commandLine, Map.of("DFDAEMON_IDC", "east"), null).run(args);
    }

    @Test
    void theConfigurationIsCheckedAndShownWithoutSecrets() {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        assertThat(run(out, err, "--check-config", "--cluster-token", "hush", "--port", "7"))
                .isZero();
        assertThat(out.toString())
                .contains("piece-port: 7\n", "idc: east\n", "cluster-token: '***'\n")
                .doesNotContain("hush");
        Object[][] bad = {
            {"a whole number of 0 to 65535", new String[] {"--piece-port", "65536"}},
            {"a whole number of -1 to 65535", new String[] {"--http-port", "-2"}},
            {"a whole number of 1 to ", new String[] {"--max-downloads", "0"}},
            {"a whole number of 1 to ", new String[] {"--max-downloads-per-user", "0"}},
            {"a whole number of 1 to ", new String[] {"--upload-slots", "0"}},
            {"not a rate", new String[] {"--disk-limit", "-1"}},
            {"--ip: no such address", new String[] {"--ip", "no such name"}},
            {"not a supernode", new String[] {"--node", "a=b"}},
            {"not a rate", new String[] {"--upload-limit", "x"}},
            {"not a duration", new String[] {"--idle-exit", "x"}},
            {"both or none", new String[] {"--tls-key", "/k.pem"}},
            {"TLS: /none.pem: no such file", new String[] {"--tls-ca", "/none.pem"}},
            {"/none: no such file", new String[] {"--cluster-token-file", "/none"}},
            {"--log-format", new String[] {"--log-format", "xml"}},
        };
        for (Object[] row : bad) {
            err.getBuffer().setLength(0);
            String[] given = (String[]) row[1];
            assertThat(run(out, err, given[0], given[1], "--check-config")).isEqualTo(2);
            assertThat(err.toString())
                    .startsWith("dfdaemon: ")
                    .contains((String) row[0])
                    .hasLineCount(1);
        }
    }
}
