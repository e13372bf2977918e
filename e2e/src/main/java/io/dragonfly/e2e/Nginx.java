// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// An ordinary origin on a host of its own. Files below `/unknown/` come without a length.
public final class Nginx {
    private static final int PORT = 80;

    private final Host host;
    private final int port;
    private final Running process;
    private final Path files;
    private final Path accesses;

    public Nginx(Site site, Host host) {
        this(site, host, PORT);
    }

    public Nginx(Site site, Host host, int port) {
        this.host = host;
        this.port = port;
        Path dir = site.path("nginx");
        this.files = dir.resolve("files");
        this.accesses = dir.resolve("access.log");
        Path config = dir.resolve("nginx.conf");
        try {
            Files.createDirectories(files.resolve("unknown"));
            Files.writeString(files.resolve("ready"), "yes");
            Files.writeString(config, config(dir));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        String errors = dir.resolve("error.log").toString();
        process =
                site.start(host, "nginx", List.of("nginx", "-e", errors, "-c", config.toString()));
        Wait.until(
                "nginx answers: " + process,
                Duration.ofSeconds(20),
                () -> host.get(port, "/ready").isPresent());
    }

    /// One process: what is counted and what is stopped is this one.
    private String config(Path dir) {
        return """
        daemon off;
        master_process off;
        pid %1$s/pid;
        events { worker_connections 1000; }
        http {
            log_format bytes '$uri $body_bytes_sent';
            access_log %1$s/access.log bytes;
            default_type application/octet-stream;
            sendfile on;
            server {
                listen %2$d;
                listen [::]:%2$d ipv6only=on;
                root %1$s/files;
                location /unknown/ { ssi on; ssi_types *; }
                location /to { return 302 $arg_target; }
            }
        }
        """
                .formatted(dir, port);
    }

    /// Offers a file of random bytes.
    ///
    /// @param path without a slash in front
    public File file(String path, long seed, long length) {
        return new File(
                "http://" + host.at(port) + "/" + path,
                path,
                length,
                Digests.randomFile(files.resolve(path), seed, length));
    }

    /// Where a file's content is on this machine.
    public Path content(File file) {
        return files.resolve(file.path());
    }

    /// For signals.
    public Running process() {
        return process;
    }

    /// A URL that leads to another one.
    public String redirect(String target) {
        return "http://" + host.at(port) + "/to?target=" + target;
    }

    /// A file of this origin.
    public record File(String url, String path, long length, String sha256) {}

    /// Bytes of a file's content that were sent so far, in answers that have ended.
    public long sent(File file) {
        try {
            return Files.readString(accesses)
                    .lines()
                    .filter(line -> line.startsWith("/" + file.path() + " "))
                    .mapToLong(line -> Long.parseLong(line.substring(line.lastIndexOf(' ') + 1)))
                    .sum();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The same, when at least the whole file has been counted.
    public long sentAtLeastOnce(File file) {
        Wait.until(
                "nginx counts " + file.path(),
                Duration.ofSeconds(20),
                () -> sent(file) >= file.length());
        return sent(file);
    }
}
