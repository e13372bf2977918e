// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.e2e.loopback;

import io.dragonfly.e2e.BadInput;
import io.dragonfly.e2e.Host;
import io.dragonfly.e2e.Lab;
import io.dragonfly.e2e.Running;
import io.dragonfly.e2e.Swarm;
import io.dragonfly.e2e.TestOrigin;
import io.dragonfly.e2e.Wait;
import io.dragonfly.origin.testing.Answers;
import io.dragonfly.origin.testing.Behaviour;
import io.dragonfly.origin.testing.Content;
import io.dragonfly.origin.testing.HostileOrigin;
import io.dragonfly.origin.testing.Seen;
import io.dragonfly.origin.testing.TestCertificate;
import io.dragonfly.origin.testing.Wire;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// How each bad input comes about, with one supernode and one daemon for all of them.
final class BadInputScenes implements Closeable {
    private static final int MB = 1_000_000;
    private static final Duration LIMIT = Duration.ofMinutes(1);
    private static final Content CONTENT = Content.random(31, 3 * MB);
    private static final Content OTHER = Content.random(32, 3 * MB);
    private static final Pattern HOST = Pattern.compile("127\\.0\\.0\\.1:[0-9]+");
    private static final Pattern DIGEST = Pattern.compile("(sha256|md5):[0-9a-f]{32,}");
    private static final Pattern ROOM = Pattern.compile("room for [0-9]+ bytes");

    /// What was seen.
    ///
    /// @param line all of standard error, with names for what differs from run to run
    /// @param directory that the output is in, or would have been
    record Outcome(int status, String line, Path directory) {}

    private final Lab lab;
    private final Swarm swarm;
    private final TestOrigin origin = new TestOrigin();
    private final HostileOrigin untrusted;
    private final Swarm.Supernode supernode;
    private final Swarm.Daemon daemon;
    private final ServerSocket taken = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"));
    private final int closedPort;

    BadInputScenes(Lab lab, Swarm swarm) throws IOException {
        this.lab = lab;
        this.swarm = swarm;
        untrusted =
                HostileOrigin.start(
                        Answers.honest(CONTENT),
                        InetAddress.ofLiteral("127.0.0.1"),
                        TestCertificate.create(lab.dir(), "ip:127.0.0.1").server());
        supernode = swarm.supernode(Host.THIS, "sn");
        daemon = swarm.daemon(Host.THIS, "d", supernode.node(), "--ip", "127.0.0.1");
        try (ServerSocket closed = new ServerSocket(0)) {
            closedPort = closed.getLocalPort();
        }
    }

    Swarm.Supernode supernode() {
        return supernode;
    }

    TestOrigin origin() {
        return origin;
    }

    Swarm.Daemon daemon() {
        return daemon;
    }

    Swarm.Ended get(String url, Path output, String... options) {
        List<String> arguments = new ArrayList<>();
        arguments.addAll(List.of("--home", daemon.home().toString(), "-q"));
        arguments.addAll(List.of(options));
        arguments.addAll(List.of("-O", output.toString(), url));
        return swarm.run(arguments.toArray(String[]::new));
    }

    /// The bytes that the output must have where the input is put up with.
    Content expected(BadInput input) {
        return input == BadInput.CHANGED_BEFORE ? OTHER : CONTENT;
    }

    /// Makes it happen. Cases do not touch each other: they may run at the same time.
    Outcome play(BadInput input) throws IOException {
        Path directory = Files.createDirectories(lab.path(input.name()));
        return switch (input.group()) {
            case COMMAND -> command(input, directory);
            case ORIGIN -> read(input, directory);
            case OUTPUT -> output(input, directory);
            case START -> start(input, directory);
            case SUPERNODE -> supernode(input);
        };
    }

    private Outcome command(BadInput input, Path directory) throws IOException {
        String url = "http://127.0.0.1/file";
        return switch (input) {
            case NO_URL -> run(input, directory, "dfget");
            case URL_MALFORMED -> got(input, "http://exa mple/file");
            case URL_WITHOUT_HOST -> got(input, "http:///file");
            case SCHEME_UNKNOWN -> got(input, "gopher://127.0.0.1/file");
            case OPTION_UNKNOWN -> got(input, url, "--locallimt", "1M");
            case LIMIT_MALFORMED -> got(input, url, "--locallimit", "fast");
            case TIME_MALFORMED -> got(input, url, "--timeout", "soon");
            case DIGEST_MALFORMED -> got(input, url, "--digest", "sha256:12");
            case HEADER_MALFORMED -> got(input, url, "--header", "nonsense");
            case KEY_UNKNOWN -> config(input, "dfget", "totallimt: 1M\n");
            case DAEMON_KEY_UNKNOWN -> config(input, "dfdaemon", "totallimt: 1M\n");
            case SUPERNODE_KEY_UNKNOWN -> config(input, "supernode", "adverise: me\n");
            case CONFIG_NO_YAML -> config(input, "dfget", "a: [b\n");
            default -> throw new IllegalArgumentException(input.name());
        };
    }

    private Outcome config(BadInput input, String program, String text) throws IOException {
        Path file = given(input).resolve("file.yml");
        Files.writeString(file, text);
        return run(input, lab.path(input.name()), program, "--config", file.toString());
    }

    private Outcome read(BadInput input, Path directory) {
        return switch (input) {
            case STATUS_401, STATUS_403, STATUS_404, STATUS_418, STATUS_500, STATUS_503 -> {
                int status = Integer.parseInt(input.name().substring("STATUS_".length()));
                yield served(input, Answers.status(status, "No"));
            }
            case DNS_FAILURE -> got(input, "http://no-such-host.invalid/file");
            case CONNECTION_REFUSED -> got(input, "http://127.0.0.1:" + closedPort + "/file");
            case TLS_UNTRUSTED -> got(input, untrusted.url("/file").toString());
            case METADATA_ADDRESS -> got(input, "http://169.254.169.254/latest");
            case METADATA_REDIRECT ->
                    served(input, Answers.redirect(302, () -> "http://169.254.169.254/latest"));
            case REDIRECT_LOOP ->
                    served(input, Answers.redirect(302, () -> origin.url("/" + input.name())));
            case SHORTER_THAN_PROMISED -> served(input, Answers.wrongLength(CONTENT, 1000));
            case LONGER_THAN_PROMISED -> served(input, Answers.wrongLength(CONTENT, -1000));
            case RESET_ALWAYS -> served(input, Answers.resetting(CONTENT, 0));
            case TRUNCATED_ONCE -> served(input, broken(Answers.honest(CONTENT)));
            case RANGE_IGNORED -> served(input, broken(Answers.ignoringRange(CONTENT)));
            case CONTENT_RANGE_WRONG ->
                    served(input, broken(Answers.wrongContentRange(CONTENT, 1)));
            case CHANGED_BEFORE -> served(input, broken(Answers.honest(OTHER)));
            case CHANGED_MIDWAY -> {
                CountDownLatch isOut = new CountDownLatch(1);
                Behaviour first = Answers.waiting(CONTENT, MB, isOut);
                String url =
                        origin.serve("/" + input.name(), first.times(1, Answers.honest(OTHER)));
                Running process =
                        swarm.dfget(
                                daemon.host(),
                                List.of("--home", daemon.home().toString(), "-q", "-O", "-", url));
                Wait.until("bytes of it are out", LIMIT, () -> process.out().toFile().length() > 0);
                isOut.countDown();
                yield outcome(input, process, url, directory);
            }
            case DRIPS -> served(input, Answers.dripping(CONTENT, 0, 1000), "--timeout", "4");
            case SILENT -> served(input, Answers.silent());
            case DIGEST_WRONG ->
                    served(input, Answers.honest(CONTENT), "--digest", "sha256:" + "0".repeat(64));
            case MD5_WRONG -> served(input, Answers.honest(CONTENT), "--md5", "0".repeat(32));
            default -> throw new IllegalArgumentException(input.name());
        };
    }

    /// The first answer breaks off, all others are as given.
    private static Behaviour broken(Behaviour next) {
        return Answers.resetting(CONTENT, MB).times(1, next);
    }

    private Outcome output(BadInput input, Path directory) throws IOException {
        if (input == BadInput.STORE_FULL) {
            String huge = origin.serve("/" + input.name(), BadInputScenes::answerHuge);
            return outcome(input, get(huge, Path.of("-")).process(), huge, directory);
        }
        String url = origin.serve("/" + input.name(), Answers.honest(CONTENT));
        Running process =
                switch (input) {
                    case DIRECTORY_MISSING -> get(url, directory.resolve("no/file")).process();
                    // Not even root can make a file there.
                    case DIRECTORY_NOT_WRITABLE -> get(url, Path.of("/sys/kernel/file")).process();
                    case OUTPUT_IS_DIRECTORY ->
                            get(url, Files.createDirectories(given(input).resolve("sub")))
                                    .process();
                    case OUTPUT_FULL -> full(url);
                    default -> throw new IllegalArgumentException(input.name());
                };
        return outcome(input, process, url, directory);
    }

    private Running full(String url) {
        String line = "exec %s --home %s -q -O - %s > /dev/full";
        line = line.formatted(Lab.program("dfget"), daemon.home(), url);
        return lab.start(Host.THIS, "full", List.of("sh", "-c", line));
    }

    /// Nobody has so much space: the length alone is enough.
    private static void answerHuge(Seen request, Wire wire) throws IOException {
        wire.head(
                "HTTP/1.1 200 OK",
                "ETag: \"huge\"",
                "Accept-Ranges: bytes",
                "Content-Length: 500000000000000");
        wire.stall();
    }

    private Outcome start(BadInput input, Path directory) throws IOException {
        String taken = Integer.toString(this.taken.getLocalPort());
        String home = lab.path("home-" + input.name()).toString();
        String[] supernode = {"supernode", "--home", home, "--ip", "127.0.0.1", "--port"};
        String[] dfdaemon = {"dfdaemon", "--ip", "127.0.0.1", "--home"};
        return switch (input) {
            case SUPERNODE_PORT_IN_USE ->
                    run(input, directory, supernode, taken, "--piece-port", "0");
            case SUPERNODE_PIECE_PORT_IN_USE ->
                    run(input, directory, supernode, "0", "--piece-port", taken);
            case SUPERNODE_HOME_IN_USE -> {
                supernode[2] = lab.path("sn").toString();
                yield run(input, directory, supernode, "0", "--piece-port", "0");
            }
            case PIECE_PORT_IN_USE -> run(input, directory, dfdaemon, home, "--piece-port", taken);
            case HTTP_PORT_IN_USE -> run(input, directory, dfdaemon, home, "--http-port", taken);
            case HOME_IN_USE -> run(input, directory, dfdaemon, daemon.home().toString());
            case HOME_NOT_WRITABLE -> {
                Path file = Files.writeString(given(input).resolve("x"), "not a directory");
                yield run(input, directory, dfdaemon, file.resolve("home").toString());
            }
            default -> throw new IllegalArgumentException(input.name());
        };
    }

    private Outcome supernode(BadInput input) throws IOException {
        try (OtherSupernode other = new OtherSupernode()) {
            String node =
                    switch (input) {
                        case SUPERNODE_UNREACHABLE -> "127.0.0.1:" + closedPort;
                        case SUPERNODE_INCOMPATIBLE -> other.node();
                        case SUPERNODE_IS_NONE -> origin.url("").replace("http://", "");
                        default -> throw new IllegalArgumentException(input.name());
                    };
            return got(input, origin.url("/any"), "--notbs", "--node", node);
        }
    }

    /// Where a case finds what it is given.
    private Path given(BadInput input) throws IOException {
        return Files.createDirectories(lab.path("given-" + input.name()));
    }

    private Outcome served(BadInput input, Behaviour behaviour, String... options) {
        return got(input, origin.serve("/" + input.name(), behaviour), options);
    }

    private Outcome got(BadInput input, String url, String... options) {
        Path directory = lab.path(input.name());
        Swarm.Ended ended = get(url, directory.resolve("file"), options);
        return outcome(input, ended.process(), url, directory);
    }

    private Outcome run(BadInput input, Path directory, String[] first, String... arguments) {
        return run(
                input,
                directory,
                first[0],
                Stream.concat(Arrays.stream(first).skip(1), Arrays.stream(arguments))
                        .toArray(String[]::new));
    }

    private Outcome run(BadInput input, Path directory, String program, String... arguments) {
        List<String> command = new ArrayList<>(List.of(Lab.program(program)));
        command.addAll(List.of(arguments));
        Running process = lab.start(Host.THIS, program, command);
        return outcome(input, process, "<no url>", directory);
    }

    private Outcome outcome(BadInput input, Running process, String url, Path directory) {
        int status = process.await(LIMIT);
        String line =
                process.errText()
                        .stripTrailing()
                        .replace(url, "<url>")
                        .replace(lab.path("given-" + input.name()).toString(), "<dir>")
                        .replace(directory.toString(), "<dir>")
                        .replace(daemon.home().toString(), "<home>")
                        .replace(lab.path("sn").toString(), "<home>")
                        // What is mounted at /sys differs from one container to another.
                        .replace("Read-only file system", "permission denied");
        line = HOST.matcher(line).replaceAll("<host>");
        line = DIGEST.matcher(line).replaceAll("<digest>");
        line = ROOM.matcher(line).replaceAll("room for <n> bytes");
        return new Outcome(status, line, directory);
    }

    @Override
    public void close() {
        origin.close();
        untrusted.close();
        try {
            taken.close();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
