// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.e2e.loopback;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;

import io.dragonfly.e2e.Digests;
import io.dragonfly.e2e.Host;
import io.dragonfly.e2e.Lab;
import io.dragonfly.e2e.Running;
import io.dragonfly.e2e.Swarm;
import io.dragonfly.e2e.TestOrigin;
import io.dragonfly.origin.testing.Answers;
import io.dragonfly.origin.testing.Content;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/// What a user of dfget sees: outputs, exit codes, messages.
final class DfgetIT {
    @RegisterExtension static final Lab LAB = new Lab();

    private static final int MB = 1_000_000;
    private static final Duration LIMIT = Duration.ofMinutes(1);
    private static final Swarm SWARM = new Swarm(LAB);

    private static TestOrigin origin;
    private static Swarm.Supernode supernode;
    private static Swarm.Daemon daemon;

    @BeforeAll
    static void start() throws IOException {
        origin = new TestOrigin();
        supernode = SWARM.supernode(Host.THIS, "sn");
        daemon = SWARM.daemon(Host.THIS, "d", supernode.node(), "--ip", "127.0.0.1");
    }

    @AfterAll
    static void stop() {
        origin.close();
    }

    @Test
    void aDashWritesTheContentToStandardOutput() {
        Content content = Content.random(11, 3 * MB);
        String url = origin.serve("/stdout", Answers.honest(content));

        Swarm.Ended ended = get(url, "-O", "-");

        assertThat(ended.status()).as("%s", ended.err()).isZero();
        assertThat(Digests.sha256(ended.output())).isEqualTo(content.sha256());
    }

    @Test
    void anOutputThatExistsIsReplaced() throws IOException {
        Content content = Content.random(12, MB);
        String url = origin.serve("/replace", Answers.honest(content));
        Path output = Files.writeString(dir("replace").resolve("file"), "old");

        Swarm.Ended ended = get(url, "-O", output.toString());

        assertThat(ended.status()).as("%s", ended.err()).isZero();
        assertThat(Digests.sha256(output)).isEqualTo(content.sha256());
        assertThat(names("replace")).containsExactly("file");
    }

    @Test
    void aDigestThatFitsIsSuccess() throws IOException {
        Content content = Content.random(13, MB);
        String url = origin.serve("/right", Answers.honest(content));
        Path output = dir("right").resolve("file");

        Swarm.Ended ended =
                get(url, "-O", output.toString(), "--digest", "sha256:" + content.sha256());

        assertThat(ended.status()).as("%s", ended.err()).isZero();
        assertThat(Digests.sha256(output)).isEqualTo(content.sha256());
    }

    @Test
    void aDigestThatDoesNotFitLeavesNothingBehind() throws IOException {
        Content content = Content.random(14, MB);
        String url = origin.serve("/wrong", Answers.honest(content));
        Path output = dir("wrong").resolve("file");

        Swarm.Ended ended =
                get(url, "-O", output.toString(), "--digest", "sha256:" + "0".repeat(64));

        assertFailed(ended, 12);
        assertThat(names("wrong")).isEmpty();
    }

    @Test
    void whatTheOriginDoesNotHaveLeavesAnOldOutputAsItWas() throws IOException {
        Path output = Files.writeString(dir("missing").resolve("file"), "old");

        Swarm.Ended ended = get(origin.url("/missing"), "-O", output.toString());

        assertFailed(ended, 3);
        assertThat(output).hasContent("old");
        assertThat(names("missing")).containsExactly("file");
    }

    @Test
    void jsonTellsWhatHappenedFromTheStartToTheEnd() throws IOException {
        Content content = Content.random(15, MB);
        String url = origin.serve("/json", Answers.honest(content));

        Swarm.Ended ended = get(url, "-O", dir("json").resolve("file").toString(), "--json");

        assertThat(ended.status()).as("%s", ended.err()).isZero();
        List<JsonNode> events = Swarm.events(ended.process());
        assertThat(events.getFirst().path("event").asText()).isEqualTo("started");
        assertThat(events.getLast().path("event").asText()).isEqualTo("done");
        assertThat(events.getLast().path("verified").asLong()).isEqualTo(MB);
    }

    @Test
    void theSecondDownloadOnAHostComesFromItsStore() throws IOException {
        Content content = Content.random(16, 2 * MB);
        String url = origin.serve("/twice", Answers.honest(content));
        String first = dir("twice").resolve("1").toString();
        assertThat(get(url, "-O", first).status()).isZero();
        long sent = origin.bytesSent();
        double uploaded = supernode.metric("uploaded_bytes_total");

        Path second = dir("twice").resolve("2");
        Swarm.Ended ended = get(url, "-O", second.toString(), "--json");

        assertThat(ended.status()).as("%s", ended.err()).isZero();
        assertThat(Digests.sha256(second)).isEqualTo(content.sha256());
        assertThat(origin.bytesSent()).isEqualTo(sent);
        assertThat(supernode.metric("uploaded_bytes_total")).isEqualTo(uploaded);
    }

    @Test
    void afterCtrlCTheSameCommandGoesOnFromThere() throws IOException {
        Content content = Content.random(17, 12 * MB);
        String url = origin.serve("/again", Answers.honest(content));
        long sent = origin.bytesSent();
        Path output = dir("again").resolve("file");
        Running first = SWARM.download(daemon, url, output, "--locallimit", "2M");
        Swarm.awaitVerified(first, 2 * MB, LIMIT);

        first.signal("INT");

        assertThat(first.await(LIMIT)).as("%s", first).isEqualTo(130);
        assertThat(names("again")).isEmpty();
        Running second = SWARM.download(daemon, url, output);
        assertThat(second.await(LIMIT)).as("%s", second).isZero();
        assertThat(Digests.sha256(output)).isEqualTo(content.sha256());
        assertThat(origin.bytesSent() - sent).isBetween(12L * MB, 12L * MB * 102 / 100);
        assertThat(keptBytes(second)).isGreaterThanOrEqualTo(2 * MB);
    }

    /// What a download began with: bytes of the store, or those of the first download where the
    /// daemon had not given that up yet.
    private static long keptBytes(Running dfget) {
        long joined =
                Swarm.events(dfget).stream()
                        .filter(event -> event.path("phase").asText().equals("running"))
                        .mapToLong(event -> event.path("verified").asLong())
                        .findFirst()
                        .orElse(0);
        JsonNode done = Swarm.event(dfget, "done").orElseThrow();
        return Math.max(joined, done.path("fromStore").asLong());
    }

    @Test
    void aDaemonThatWasKilledGoesOnFromItsStore() throws IOException {
        Content content = Content.random(20, 12 * MB);
        String url = origin.serve("/killed", Answers.honest(content));
        long sent = origin.bytesSent();
        Path output = dir("killed-out").resolve("file");
        Swarm.Daemon victim = SWARM.daemon(Host.THIS, "victim", supernode.node());
        Running first = SWARM.download(victim, url, output, "--locallimit", "4M");
        Swarm.awaitVerified(first, 6 * MB, LIMIT);

        victim.process().kill();

        assertThat(first.await(LIMIT)).as("%s", first).isEqualTo(17);
        assertThat(names("killed-out")).isEmpty();
        Running second =
                SWARM.download(SWARM.daemon(Host.THIS, "victim", supernode.node()), url, output);
        assertThat(second.await(LIMIT)).as("%s", second).isZero();
        assertThat(Digests.sha256(output)).isEqualTo(content.sha256());
        JsonNode done = Swarm.event(second, "done").orElseThrow();
        assertThat(done.path("fromStore").asLong()).isGreaterThanOrEqualTo(4 * MB);
        assertThat(origin.bytesSent() - sent).isEqualTo(12L * MB);
    }

    @Test
    void dfgetStartsADaemonThatHoldsNoPipeOpen() throws IOException {
        Content content = Content.random(18, 2 * MB);
        String url = origin.serve("/auto", Answers.honest(content));
        Path home = LAB.path("auto");
        Path output = dir("auto-out").resolve("file");
        String line =
                "%s --home %s --node %s --alivetime 1h -O - %s | cat > %s"
                        .formatted(Lab.program("dfget"), home, supernode.node(), url, output);

        // Ends only when nobody holds the pipe open.
        Running shell = LAB.start(Host.THIS, "shell", List.of("sh", "-c", line));

        assertThat(shell.await(LIMIT)).as("%s", shell).isZero();
        assertThat(Digests.sha256(output)).isEqualTo(content.sha256());
        assertThat(daemonsOf(home)).isEqualTo(1);
    }

    @Test
    void withoutADaemonTheProcessDoesItAllAndLeavesNone() throws IOException {
        Content content = Content.random(19, 2 * MB);
        String url = origin.serve("/alone", Answers.honest(content));
        long sent = origin.bytesSent();
        Path home = LAB.path("alone");
        Path output = dir("alone-out").resolve("file");

        Swarm.Ended ended =
                SWARM.run(
                        "--no-daemon",
                        "--home",
                        home.toString(),
                        "--node",
                        supernode.node(),
                        "-O",
                        output.toString(),
                        url);

        assertThat(ended.status()).as("%s", ended.err()).isZero();
        assertThat(Digests.sha256(output)).isEqualTo(content.sha256());
        assertThat(origin.bytesSent() - sent).isEqualTo(2 * MB);
        assertThat(daemonsOf(home)).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "2, --no-such-option",
        "2, ''",
        "2, --digest sha256:12 http://127.0.0.1/x",
        "2, --digest rot13:12 http://127.0.0.1/x",
        "2, --locallimit fast http://127.0.0.1/x",
        "2, --timeout soon http://127.0.0.1/x",
        "2, --node a/b http://127.0.0.1/x",
        "2, --pattern torrent http://127.0.0.1/x",
        "2, --header nonsense http://127.0.0.1/x",
        "2, http://127.0.0.1/x http://127.0.0.1/y",
        "2, --config /no/such/file http://127.0.0.1/x",
        "11, gopher://127.0.0.1/x",
        "11, http://169.254.169.254/latest",
        "14, -O /no/such/directory/x http://127.0.0.1/x",
    })
    void badInputIsOneLineAndAnExitCode(int status, String line) {
        String[] arguments =
                Stream.of(("--home " + daemon.home() + " " + line).strip().split(" "))
                        .toArray(String[]::new);

        assertFailed(SWARM.run(arguments), status);
    }

    @Test
    void anOriginThatNobodyReachesIsOneLineAndAnExitCode() throws IOException {
        int port;
        try (TestOrigin closed = new TestOrigin()) {
            port = java.net.URI.create(closed.url("/")).getPort();
        }

        Swarm.Ended ended =
                get(
                        "http://127.0.0.1:" + port + "/x",
                        "-qO",
                        dir("closed").resolve("file").toString());

        assertFailed(ended, 7);
        assertThat(names("closed")).isEmpty();
    }

    private static Swarm.Ended get(String url, String... options) {
        String[] fixed = {"--home", daemon.home().toString(), url};
        return SWARM.run(
                Stream.concat(Stream.of(fixed), Stream.of(options)).toArray(String[]::new));
    }

    private static void assertFailed(Swarm.Ended ended, int status) {
        assertThat(ended.status()).as("%s", ended.err()).isEqualTo(status);
        assertThat(ended.err().lines()).singleElement().asString().startsWith("dfget: ");
    }

    private static long daemonsOf(Path home) {
        return LAB.leftovers().stream()
                .filter(process -> commandLine(process).contains(home + "\0"))
                .count();
    }

    private static String commandLine(ProcessHandle process) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(process.pid()), "cmdline"));
        } catch (IOException e) {
            return "";
        }
    }

    private static Path dir(String name) throws IOException {
        return Files.createDirectories(LAB.path(name));
    }

    private static List<String> names(String dir) throws IOException {
        try (Stream<Path> files = Files.list(LAB.path(dir))) {
            return files.map(file -> String.valueOf(file.getFileName())).toList();
        }
    }
}
