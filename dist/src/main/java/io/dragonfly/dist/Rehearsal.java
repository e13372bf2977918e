// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.dist;

import com.sun.net.httpserver.HttpServer;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Writer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/// An origin, a supernode, two daemons and dfget at work on this machine: what the ahead-of-time
/// caches are trained with. Classes that only a download loads, and the profiles of the methods
/// that it runs most, are then there at the first download after an installation.
final class Rehearsal implements AutoCloseable {
    private static final int BIG = 24 << 20;
    private static final int SMALL = 1000;
    private static final long STOP_SECONDS = 180;

    private final Path home;
    private final Path directory;
    private final HttpServer origin;
    private final List<Process> running = new ArrayList<>();

    private Rehearsal(Path home) throws IOException {
        this.home = home;
        // Not below the build's directory: the path of a Unix socket must be short.
        this.directory = Files.createTempDirectory("dragonfly-rehearsal");
        this.origin =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    }

    /// Runs the piece and writes the caches of all programs.
    ///
    /// @param cast the three programs with their class paths
    static void run(Path home, Cast cast) throws IOException {
        try (Rehearsal rehearsal = new Rehearsal(home)) {
            rehearsal.serve();
            rehearsal.play(cast);
        }
    }

    /// A program and its class path: names of files in `lib/`, in order.
    record Role(Program program, List<String> jars) {}

    /// Who plays.
    record Cast(Role supernode, Role dfdaemon, Role dfget) {}

    private void serve() {
        byte[] big = new byte[BIG];
        new Random(1).nextBytes(big);
        byte[] small = new byte[SMALL];
        origin.createContext(
                "/",
                exchange -> {
                    String path = exchange.getRequestURI().getPath();
                    byte[] content = path.startsWith("/big") ? big : small;
                    exchange.getResponseHeaders().add("ETag", "\"1\"");
                    exchange.sendResponseHeaders(200, content.length);
                    try (exchange) {
                        exchange.getResponseBody().write(content);
                    }
                });
        origin.start();
    }

    private void play(Cast cast) throws IOException {
        Process supernode =
                start(
                        AotCache.training(home, cast.supernode()),
                        cast.supernode().program().mainClass(),
                        List.of(
                                "--ip",
                                "127.0.0.1",
                                "--port",
                                "0",
                                "--piece-port",
                                "0",
                                "--home",
                                directory.resolve("sn").toString()));
        String ready = line(supernode, "supernode ready");
        String node = "127.0.0.1:" + ready.replaceAll(".*control on port (\\d+).*", "$1");
        Process first = daemon(AotCache.training(home, cast.dfdaemon()), cast, "d1", node);
        daemon(AotCache.plain(home, cast.dfdaemon()), cast, "d2", node);

        List<String> plain = AotCache.plain(home, cast.dfget());
        download(plain, cast, "d1", "/small1");
        download(plain, cast, "d2", "/big1");
        download(plain, cast, "d1", "/big1");
        download(plain, cast, "d1", "/big2");
        download(plain, cast, "d2", "/big2");
        List<String> last = new ArrayList<>(AotCache.training(home, cast.dfget()));
        last.add(Training.class.getName());
        last.add(cast.dfget().program().mainClass());
        for (List<String> line : cast.dfget().program().training()) {
            last.add(Training.NEXT);
            last.addAll(line);
        }
        last.add(Training.NEXT);
        last.addAll(order("d1", "/small2"));
        AotCache.run(last, home);
        stop(first);
        stop(supernode);
    }

    private Process daemon(List<String> java, Cast cast, String name, String node)
            throws IOException {
        Process daemon =
                start(
                        java,
                        cast.dfdaemon().program().mainClass(),
                        List.of(
                                "--home",
                                directory.resolve(name).toString(),
                                "--node",
                                node,
                                "--ip",
                                "127.0.0.1",
                                "--port",
                                "0"));
        line(daemon, "ready");
        return daemon;
    }

    private void download(List<String> java, Cast cast, String daemon, String path)
            throws IOException {
        List<String> command = new ArrayList<>(java);
        command.add(cast.dfget().program().mainClass());
        command.addAll(order(daemon, path));
        AotCache.run(command, home);
    }

    private List<String> order(String daemon, String path) {
        return List.of(
                "http://127.0.0.1:" + origin.getAddress().getPort() + path,
                "-O",
                directory.resolve("output").toString(),
                "--home",
                directory.resolve(daemon).toString());
    }

    private Process start(List<String> java, String mainClass, List<String> arguments)
            throws IOException {
        List<String> command = new ArrayList<>(java);
        command.add(mainClass);
        command.addAll(arguments);
        Path log = directory.resolve("log" + running.size());
        Process process = AotCache.builder(command, home).redirectError(log.toFile()).start();
        running.add(process);
        return process;
    }

    /// Waits for the line that says the program is ready, and lets go of the rest.
    private String line(Process process, String start) throws IOException {
        BufferedReader output =
                new BufferedReader(
                        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            if (line.startsWith(start)) {
                Thread.ofVirtual().start(() -> drain(output));
                return line;
            }
        }
        throw new IOException("it ended early; see " + directory);
    }

    private static void drain(BufferedReader output) {
        try {
            output.transferTo(Writer.nullWriter());
        } catch (IOException e) {
            // The program has ended.
            return;
        }
    }

    /// A program that is asked to end writes its cache when it does.
    private void stop(Process process) throws IOException {
        process.destroy();
        try {
            if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                throw new IOException("it does not end; see " + directory);
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts this thread", e);
        }
    }

    @Override
    public void close() throws IOException {
        for (Process process : running) {
            if (process.isAlive()) {
                process.destroyForcibly();
                process.onExit().join();
            }
        }
        origin.stop(0);
        Tree.delete(directory);
    }
}
