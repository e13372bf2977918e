// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The programs of the product, started and asked.
public final class Swarm {
    private static final Duration START = Duration.ofMinutes(1);
    private static final Duration CONNECT = Duration.ofMinutes(1);
    private static final Duration DOWNLOAD = Duration.ofMinutes(2);
    private static final Pattern PORTS =
            Pattern.compile("control on port (\\d+), pieces on port (\\d+)");
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Site site;

    public Swarm(Site site) {
        this.site = site;
    }

    /// A running supernode.
    ///
    /// @param port of the API
    /// @param piecePort of the seed
    public record Supernode(Host host, int port, int piecePort, Running process) {
        public String node() {
            return host.at(port);
        }

        public JsonNode ask(String path) {
            return parsed(
                    host.get(port, path)
                            .orElseThrow(() -> new AssertionError("no answer to " + path)));
        }

        public int peers() {
            return ask("/v1/peers").size();
        }

        public double metric(String name) {
            String text = host.get(port, "/metrics").orElseThrow();
            return Site.metric(text, "dragonfly_supernode_" + name).orElseThrow();
        }

        /// Waits until exactly so many peers are connected.
        public void awaitPeers(int count) {
            Wait.until(count + " peers at the supernode", CONNECT, () -> peers() == count);
        }
    }

    /// A running daemon.
    public record Daemon(Host host, Path home, Running process) {}

    /// A dfget that has ended.
    public record Ended(int status, Path output, Running process) {
        public String err() {
            return process.errText();
        }
    }

    /// Starts a supernode on free ports, or on the usual ones where the host is its own.
    public Supernode supernode(Host host, String name, String... options) {
        List<String> command = new ArrayList<>();
        command.addAll(List.of(Site.program("supernode"), "--home", site.path(name).toString()));
        List<String> given = List.of(options);
        if (host.namespace().isEmpty()) {
            command.addAll(List.of("--ip", host.address()));
            for (String port : List.of("--port", "--piece-port")) {
                if (!given.contains(port)) {
                    command.addAll(List.of(port, "0"));
                }
            }
        }
        command.addAll(given);
        Running process = site.start(host, name.replace('/', '-'), command);
        Matcher ports = PORTS.matcher(process.awaitLine("supernode ready", START));
        if (!ports.find()) {
            throw new AssertionError("no ports in the ready line: " + process);
        }
        return new Supernode(
                host, Integer.parseInt(ports.group(1)), Integer.parseInt(ports.group(2)), process);
    }

    /// Starts a daemon and does not wait.
    public Daemon starting(Host host, String name, String node, String... options) {
        Path home = site.path(name);
        List<String> command = new ArrayList<>();
        command.addAll(
                List.of(Site.program("dfdaemon"), "--home", home.toString(), "--node", node));
        command.addAll(List.of(options));
        return new Daemon(host, home, site.start(host, name.replace('/', '-'), command));
    }

    /// Starts a daemon and waits until it takes orders.
    public Daemon daemon(Host host, String name, String node, String... options) {
        return ready(starting(host, name, node, options));
    }

    public Daemon ready(Daemon daemon) {
        var _ = daemon.process().awaitLine("ready ", START);
        return daemon;
    }

    /// Starts dfget on a host.
    public Running dfget(Host host, List<String> arguments) {
        return dfget(host, List.of(), arguments);
    }

    private Running dfget(Host host, List<String> variables, List<String> arguments) {
        List<String> command = new ArrayList<>();
        // Whoever starts the tests in the background makes all below deaf to Ctrl-C.
        command.addAll(List.of("env", "--default-signal=INT"));
        command.addAll(variables);
        command.add(Site.program("dfget"));
        command.addAll(arguments);
        return site.start(host, "dfget", command);
    }

    /// Starts dfget for a daemon; the events are JSON lines on its standard output.
    public Running download(Daemon daemon, String url, Path output, String... options) {
        return dfget(daemon.host(), arguments(daemon, url, output, options));
    }

    /// The same where somebody else looks after the daemon: dfget never starts one, but ends with
    /// 17 where it does not run. Installed where there is no dfdaemon, dfget cannot start it.
    public Running downloadOnly(Daemon daemon, String url, Path output, String... options) {
        String nowhere = "DFGET_JAVA_OPTS=-Ddragonfly.home=" + site.path("no-dfdaemon");
        return dfget(daemon.host(), List.of(nowhere), arguments(daemon, url, output, options));
    }

    private static List<String> arguments(
            Daemon daemon, String url, Path output, String... options) {
        List<String> arguments = new ArrayList<>();
        arguments.addAll(List.of("--home", daemon.home().toString(), url, "-O", output.toString()));
        arguments.add("--json");
        arguments.addAll(List.of(options));
        return arguments;
    }

    /// All daemons at once, to the end; the outputs are in the order of the daemons.
    public List<Ended> downloads(List<Daemon> daemons, String url, String name, String... options) {
        return downloads(daemons, url, name, DOWNLOAD, options);
    }

    public List<Ended> downloads(
            List<Daemon> daemons, String url, String name, Duration limit, String... options) {
        List<Path> outputs = new ArrayList<>();
        List<Running> running = new ArrayList<>();
        for (Daemon daemon : daemons) {
            Path output = daemon.home().resolveSibling(daemon.home().getFileName() + "-" + name);
            outputs.add(output);
            running.add(download(daemon, url, output, options));
        }
        List<Ended> ended = new ArrayList<>();
        for (int i = 0; i < running.size(); i++) {
            ended.add(new Ended(running.get(i).await(limit), outputs.get(i), running.get(i)));
        }
        return ended;
    }

    /// Runs dfget to its end.
    public Ended run(String... arguments) {
        Running process = dfget(Host.THIS, List.of(arguments));
        return new Ended(process.await(DOWNLOAD), process.out(), process);
    }

    /// The complete JSON lines that a process has printed so far.
    public static List<JsonNode> events(Running process) {
        String text = process.outText();
        String whole = text.substring(0, text.lastIndexOf('\n') + 1);
        return whole.lines().map(Swarm::parsed).toList();
    }

    /// The last event of a kind.
    public static Optional<JsonNode> event(Running process, String kind) {
        return events(process).stream()
                .filter(event -> event.path("event").asText().equals(kind))
                .reduce((_, last) -> last);
    }

    /// Waits until a download has verified so many bytes.
    public static void awaitVerified(Running dfget, long bytes, Duration limit) {
        Wait.until(
                bytes + " bytes verified",
                limit,
                () -> {
                    if (!dfget.alive()) {
                        throw new AssertionError("ended too early: " + dfget);
                    }
                    return event(dfget, "progress").map(e -> e.path("verified").asLong()).orElse(0L)
                            >= bytes;
                });
    }

    public static JsonNode parsed(String json) {
        try {
            return JSON.readTree(json);
        } catch (IOException e) {
            throw new UncheckedIOException("no JSON: " + json, e);
        }
    }
}
