// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.dfget;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.dragonfly.cli.Program;
import io.dragonfly.cli.daemon.DaemonEvent;
import io.dragonfly.cli.daemon.DownloadReport;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import picocli.CommandLine;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;

/// The whole command against a scripted daemon.
final class DfgetTest {
    private static final String URL = "http://origin.test/path/file.bin";

    @TempDir private Path directory = Path.of("");

    private final Map<String, String> environment = new HashMap<>();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final StringWriter err = new StringWriter();
    private final byte[] large = new byte[300_000];
    private FakeDaemon daemon = nothing();

    @SuppressWarnings("NullAway") // Set before each test.
    private static FakeDaemon nothing() {
        return null;
    }

    @BeforeEach
    void start() throws IOException {
        new Random(1).nextBytes(large);
        environment.put("HOME", directory.resolve("user").toString());
        Files.createDirectories(directory.resolve("user"));
        Files.createDirectories(directory.resolve("cwd"));
        daemon = new FakeDaemon(directory.resolve("d.sock"));
    }

    @AfterEach
    void stop() throws IOException {
        daemon.close();
    }

    private DfgetEnvironment environment() {
        return new DfgetEnvironment(
                environment,
                directory.resolve("d.sock"),
                directory.resolve("cwd"),
                directory.resolve("dist"),
                out,
                false,
                System::nanoTime);
    }

    private int run(String... args) {
        CommandLine commandLine = Program.commandLine(new DfgetCommand(environment()));
        commandLine.setErr(new PrintWriter(err));
        commandLine.setOut(new PrintWriter(out, true, UTF_8));
        return new Program(commandLine, environment, null).run(args);
    }

    private Path file(String name) {
        return directory.resolve("cwd").resolve(name);
    }

    private List<String> files() throws IOException {
        try (Stream<Path> list = Files.list(directory.resolve("cwd"))) {
            return list.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }

    private static DownloadReport report(String phase, long length, long verified) {
        return new DownloadReport(
                phase,
                "t",
                "v",
                length,
                verified,
                verified,
                0,
                0,
                0,
                "",
                "",
                "",
                Map.of("supernode", 12L),
                Map.of("10.0.0.7:65002", verified));
    }

    private static DaemonEvent.Started stranger() {
        return new DaemonEvent.Started("7", "", 0);
    }

    private DaemonEvent.Started self() throws IOException {
        long device = ((Number) Files.getAttribute(directory, "unix:dev")).longValue();
        return new DaemonEvent.Started("7", directory.toString(), device);
    }

    private static DaemonEvent inline(byte[] content) {
        return new DaemonEvent.Done(
                report("done", content.length, content.length),
                "",
                Base64.getEncoder().encodeToString(content));
    }

    private void playSmall(String content) {
        daemon.script(events -> {
            events.send(stranger());
            events.send(inline(content.getBytes(UTF_8)));
        });
    }

    private void playLarge() {
        daemon.content(large);
        daemon.script(events -> {
            events.send(stranger());
            events.send(new DaemonEvent.Progress(report("running", large.length, 100)));
            events.awaitContentRequest();
            events.send(new DaemonEvent.Done(report("done", large.length, large.length), "", null));
        });
    }

    @Test
    void aSmallContentComesWithTheLastEventAndIsNamedAfterTheUrl() throws Exception {
        playSmall("hello");
        assertThat(run(URL + "?x=y")).isZero();
        assertThat(file("file.bin")).hasContent("hello");
        assertThat(files()).containsExactly("file.bin");
        assertThat(daemon.wasAskedForContent()).isFalse();
        assertThat(err.toString()).contains("5 B in ").contains("peers 100%").hasLineCount(1);
    }

    @Test
    void theOrderSaysWhatTheFlagsSay() throws Exception {
        playSmall("x");
        Path pem = Files.writeString(file("ca.pem"), "-----BEGIN CERTIFICATE-----\nAA\n");
        Path headers = Files.writeString(file("headers"), "B: 2\n\n C: 3 \n");
        environment.put("SECRET_HEADER", "Authorization: Bearer abc");
        assertThat(
                        run(
                                "-u",
                                URL,
                                "-O",
                                file("o").toString(),
                                "-c",
                                "-q",
                                "--header",
                                "A: 1",
                                "--header",
                                "@" + headers,
                                "--header-env",
                                "SECRET_HEADER",
                                "--digest",
                                "SHA256:" + "AB".repeat(32),
                                "-s",
                                "20M",
                                "--totallimit",
                                "1G",
                                "--cacerts",
                                pem.toString(),
                                "--insecure",
                                "-f",
                                "sig&time",
                                "-i",
                                "tag",
                                "-n",
                                "a,[::1]:1=5",
                                "--notbs",
                                "-p",
                                "cdn",
                                "--callsystem",
                                "ci",
                                "-e",
                                "1m"))
                .isZero();
        var order = daemon.order();
        assertThat(order.url()).isEqualTo(URL);
        assertThat(order.headers())
                .containsExactly("A: 1", "B: 2", "C: 3", "Authorization: Bearer abc");
        assertThat(order.digest()).isEqualTo("sha256:" + "ab".repeat(32));
        assertThat(order.bytesPerSecond()).isEqualTo(20L << 20);
        assertThat(order.totalBytesPerSecond()).isEqualTo(1L << 30);
        assertThat(order.caCerts()).contains("BEGIN CERTIFICATE");
        assertThat(order.insecure()).isTrue();
        assertThat(order.filter()).containsExactly("sig", "time");
        assertThat(order.tag()).isEqualTo("tag");
        assertThat(order.nodes()).containsExactly("[::1]:1", "a:8002");
        assertThat(order.backToSource()).isFalse();
        assertThat(order.pattern()).isEqualTo("cdn");
        assertThat(order.callSystem()).isEqualTo("ci");
        assertThat(err.toString()).isEmpty();
        assertThat(file("o")).hasContent("x");
    }

    @Test
    void withoutFlagsTheOrderHasTheDefaults() throws Exception {
        playSmall("x");
        assertThat(run(URL)).isZero();
        assertThat(daemon.order()).isEqualTo(io.dragonfly.cli.daemon.DownloadOrder.of(URL));
    }

    @Test
    void md5IsADigestToo() throws Exception {
        playSmall("x");
        assertThat(run(URL, "--md5", "0123456789ABCDEF0123456789abcdef")).isZero();
        assertThat(daemon.order().digest()).isEqualTo("md5:0123456789abcdef0123456789abcdef");
    }

    @Test
    void netrcGivesTheHostsCredentialsUnlessOthersAreGiven() throws Exception {
        Files.writeString(
                directory.resolve("user/.netrc"), "machine origin.test login me password pw\n");
        playSmall("x");
        assertThat(run(URL)).isZero();
        assertThat(daemon.order().headers()).containsExactly("Authorization: Basic bWU6cHc=");
        assertThat(run(URL, "--no-netrc")).isZero();
        assertThat(daemon.order().headers()).isEmpty();
        assertThat(run(URL, "--header", "authorization: Bearer x")).isZero();
        assertThat(daemon.order().headers()).containsExactly("authorization: Bearer x");
        assertThat(run("http://u:p@origin.test/x")).isZero();
        assertThat(daemon.order().headers()).isEmpty();
        assertThat(run("http://other.test/x")).isZero();
        assertThat(daemon.order().headers()).isEmpty();
    }

    @Test
    void aLargeContentOfAnotherUsersDaemonIsCopiedWhileItArrives() throws Exception {
        playLarge();
        assertThat(run(URL)).isZero();
        assertThat(file("file.bin")).hasBinaryContent(large);
        assertThat(files()).containsExactly("file.bin");
        assertThat(daemon.contentPath()).isEqualTo("/v1/downloads/7/content");
    }

    @Test
    void ourOwnDaemonsContentIsLinkedAndTheOldOutputReplaced() throws Exception {
        Path stored = Files.write(directory.resolve("stored"), large);
        Files.setPosixFilePermissions(
                stored, java.nio.file.attribute.PosixFilePermissions.fromString("rw-------"));
        Files.writeString(file("file.bin"), "old");
        daemon.script(events -> {
            events.send(self());
            events.send(new DaemonEvent.Progress(report("running", large.length, 100)));
            events.send(
                    new DaemonEvent.Done(
                            report("done", large.length, large.length), stored.toString(), null));
        });
        assertThat(run(URL)).isZero();
        assertThat(file("file.bin")).hasBinaryContent(large);
        assertThat(files()).containsExactly("file.bin");
        assertThat(daemon.wasAskedForContent()).isFalse();
        String type = Files.getFileStore(directory).type();
        if (!type.equals("btrfs") && !type.equals("xfs")) {
            assertThat(Files.isSameFile(stored, file("file.bin"))).isTrue();
            Path other = Files.createFile(file("other"));
            assertThat(Files.getPosixFilePermissions(file("file.bin")))
                    .isEqualTo(Files.getPosixFilePermissions(other));
            Files.delete(other);
        }
        // Once more: now output and content are one file already.
        assertThat(run(URL)).isZero();
        assertThat(files()).containsExactly("file.bin");
        assertThat(stored).hasBinaryContent(large);
    }

    @Test
    void aContentFileThatCannotBeLinkedIsCopied() throws Exception {
        daemon.content(large);
        daemon.script(events -> {
            events.send(self());
            events.send(
                    new DaemonEvent.Done(
                            report("done", large.length, large.length),
                            directory.resolve("missing").toString(),
                            null));
            events.awaitClosed();
        });
        assertThat(run(URL)).isZero();
        assertThat(file("file.bin")).hasBinaryContent(large);
    }

    @Test
    void anEmptyContentIsAnEmptyFile() throws Exception {
        playSmall("");
        assertThat(run(URL)).isZero();
        assertThat(file("file.bin")).isEmptyFile();
    }

    @Test
    void dashWritesTheContentToStandardOutput() throws Exception {
        playLarge();
        assertThat(run(URL, "-O", "-")).isZero();
        assertThat(out.toByteArray()).isEqualTo(large);
        assertThat(files()).isEmpty();
        assertThat(err.toString()).contains("293 KiB in ");
    }

    @Test
    void aFailureHasItsExitCodeAndLeavesTheOldFileAndNothingElse() throws Exception {
        Files.writeString(file("file.bin"), "old");
        daemon.content(new byte[100]);
        daemon.script(events -> {
            events.send(stranger());
            events.send(new DaemonEvent.Progress(report("running", large.length, 100)));
            events.awaitContentRequest();
            events.send(
                    new DaemonEvent.Failed(
                            report("failed", large.length, 100),
                            "digest-mismatch",
                            "the content has another digest"));
        });
        assertThat(run(URL)).isEqualTo(12);
        assertThat(err.toString()).isEqualTo("dfget: the content has another digest\n");
        assertThat(file("file.bin")).hasContent("old");
        assertThat(files()).containsExactly("file.bin");
    }

    @Test
    void everyFailureOfTheOriginHasItsOwnExitCode() {
        Map<String, Integer> codes =
                Map.of(
                        "origin-not-found",
                        3,
                        "origin-denied",
                        4,
                        "origin-unavailable",
                        5,
                        "origin-network",
                        7,
                        "no-space",
                        13,
                        "supernode-unreachable",
                        16,
                        "some-newer-word",
                        20);
        codes.forEach((code, exit) -> {
            daemon.script(events -> {
                events.send(stranger());
                events.send(new DaemonEvent.Failed(DownloadReport.NONE, code, "no: " + code));
            });
            assertThat(run(URL)).as(code).isEqualTo(exit);
        });
    }

    @Test
    void aTruncatedContentIsAFailure() throws Exception {
        playLarge();
        daemon.content(new byte[large.length - 1]);
        assertThat(run(URL)).isEqualTo(17);
        assertThat(err.toString()).contains("299999 of 300000 bytes");
        assertThat(files()).isEmpty();
    }

    @Test
    void aDaemonThatGoesAwayIsAFailure() throws Exception {
        daemon.script(events -> events.send(stranger()));
        assertThat(run(URL)).isEqualTo(17);
        assertThat(err.toString()).contains("lost the connection to dfdaemon").hasLineCount(1);
        assertThat(files()).isEmpty();
    }

    @Test
    void aRefusalSaysWhatTheDaemonSays() {
        daemon.refuse(
                "HTTP/1.1 400 Bad Request\r\nContent-Type: application/problem+json\r\n\r\n"
                        + "{\"title\":\"Bad\",\"status\":400,\"code\":\"url-refused\","
                        + "\"detail\":\"no such scheme\"}");
        assertThat(run(URL)).isEqualTo(11);
        assertThat(err.toString()).isEqualTo("dfget: dfdaemon refused: no such scheme\n");
        daemon.refuse("HTTP/1.1 403 Forbidden\r\n\r\n");
        assertThat(run(URL)).isEqualTo(21);
    }

    @Test
    void theTimeoutBoundsTheCommandAndEndsTheInterest() throws Exception {
        daemon.script(events -> {
            events.send(stranger());
            events.awaitClosed();
        });
        assertThat(run(URL, "-e", "200ms")).isEqualTo(15);
        assertThat(err.toString()).contains("not done within 200ms").hasLineCount(1);
        assertThat(files()).isEmpty();
        daemon.awaitClosed();
    }

    @Test
    void cancellingRemovesTheTemporaryOutputAndEndsTheInterest() throws Exception {
        Guard guard = new Guard(System::nanoTime);
        Path target = file("out");
        FileOutput output = FileOutput.beside(target);
        guard.add(output);
        assertThat(files()).hasSize(1);
        assertThat(guard.cancel()).isTrue();
        assertThat(files()).isEmpty();
        assertThat(java.util.Objects.requireNonNull(guard.failure()).exitCode().number())
                .isEqualTo(130);
    }

    @Test
    void jsonIsOneObjectPerEvent() throws Exception {
        playLarge();
        assertThat(run(URL, "--json")).isZero();
        List<String> lines = out.toString(UTF_8).lines().toList();
        assertThat(lines).hasSize(3);
        assertThat(lines.get(0)).startsWith("{\"event\":\"started\",\"url\":\"" + URL + "\"");
        assertThat(lines.get(1)).startsWith("{\"event\":\"progress\"").contains("\"verified\":100");
        assertThat(lines.get(2)).startsWith("{\"event\":\"done\"").contains("\"output\":");
        assertThat(err.toString()).isEmpty();
        out.reset();
        daemon.script(events ->
                events.send(
                        new DaemonEvent.Failed(
                                DownloadReport.NONE, "origin-denied", "who are you")));
        assertThat(run(URL, "--json")).isEqualTo(4);
        assertThat(out.toString(UTF_8))
                .contains("\"code\":\"origin-denied\",\"exit\":4,\"message\":\"who are you\"");
    }

    @Test
    void explainTellsWhoSentTheBytes() {
        playSmall("hello");
        assertThat(run(URL, "-q", "--explain")).isZero();
        assertThat(err.toString())
                .isEqualTo(
                        """
                        where the bytes came from:
                          other peers                   5 B
                        by parent:
                          10.0.0.7:65002                5 B
                        waited for:
                          supernode                     12 ms
                        """);
    }

    @Test
    void badInputIsOneLineAndTheRightCode() throws IOException {
        Files.writeString(file("empty.pem"), "no certificate");
        Object[][] bad = {
            {2, "no URL given", new String[] {}},
            {2, "has no scheme", new String[] {"origin.test/x"}},
            {2, "no valid host", new String[] {"http:///x"}},
            {2, "illegal character", new String[] {"http://h/a b"}},
            {2, "two URLs", new String[] {URL, "-u", "http://h/"}},
            {2, "argument too many", new String[] {URL, "http://h/"}},
            {2, "exclude each other", new String[] {URL, "--md5", "00", "--digest", "md5:00"}},
            {2, "must have 32 hex digits", new String[] {URL, "--md5", "00"}},
            {2, "unknown digest algorithm", new String[] {URL, "--digest", "crc:00"}},
            {2, "'Name: value'", new String[] {URL, "--header", "nonsense-secret"}},
            {2, "cannot read", new String[] {URL, "--header", "@/nowhere"}},
            {2, "no variable 'NOPE'", new String[] {URL, "--header-env", "NOPE"}},
            {2, "not a rate", new String[] {URL, "-s", "fast"}},
            {2, "not a duration", new String[] {URL, "-e", "soon"}},
            {2, "holds no PEM", new String[] {URL, "--cacerts", file("empty.pem").toString()}},
            {2, "p2p, cdn or source", new String[] {URL, "-p", "x"}},
            {2, "exclude each other", new String[] {URL, "-p", "source", "--notbs"}},
            {2, "not a supernode", new String[] {URL, "-n", "a=b"}},
            {2, "both want standard output", new String[] {URL, "--json", "-O", "-"}},
            {14, "is a directory: name the file", new String[] {URL, "-O", directory.toString()}},
            {14, "does not exist (mkdir -p", new String[] {URL, "-O", "no/such/x"}},
        };
        for (Object[] row : bad) {
            err.getBuffer().setLength(0);
            String[] args = (String[]) row[2];
            assertThat(run(args)).as(String.join(" ", args)).isEqualTo(row[0]);
            assertThat(err.toString())
                    .startsWith("dfget: ")
                    .contains((String) row[1])
                    .hasLineCount(1)
                    .doesNotContain("nonsense-secret");
        }
    }

    @Test
    void whatV1HadAndNobodyNeedsIsAcceptedWithAWarning() {
        playSmall("x");
        assertThat(
                        run(
                                URL,
                                "-q",
                                "--clientqueue",
                                "6",
                                "--minrate",
                                "64K",
                                "--expiretime",
                                "3m",
                                "--console",
                                "-b",
                                "--dfdaemon",
                                "--ip",
                                "1.2.3.4",
                                "--port",
                                "1"))
                .isZero();
        assertThat(err.toString().lines())
                .hasSize(8)
                .allMatch(line -> line.startsWith("dfget: warning: --"));
    }

    @Test
    void aDevicesContentIsWrittenThroughAndALinkStaysALink() throws Exception {
        playSmall("hello");
        assertThat(run(URL, "-O", "/dev/null")).isZero();
        assertThat(Files.isRegularFile(Path.of("/dev/null"))).isFalse();
        Files.writeString(file("real"), "old");
        Files.createSymbolicLink(file("link"), file("real"));
        assertThat(run(URL, "-O", "link")).isZero();
        assertThat(Files.isSymbolicLink(file("link"))).isTrue();
        assertThat(file("real")).hasContent("hello");
    }

    @Test
    void optionsComeFromTheEnvironmentToo() throws Exception {
        playSmall("x");
        environment.put("DFGET_NODE", "env:1");
        environment.put("DFGET_QUIET", "true");
        assertThat(run(URL)).isZero();
        assertThat(daemon.order().nodes()).containsExactly("env:1");
        assertThat(err.toString()).isEmpty();
    }
}
