// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.net.tls;

import io.dragonfly.origin.testing.TestCertificate;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// TLS set-ups for tests, made once for all of them: making a certificate takes a second.
public final class TestTls {
    private TestTls() {}

    private static final class Made {
        static final Made INSTANCE = make();

        final Tls mutual;
        final Tls oneWay;
        final Tls trusting;
        final Tls stranger;
        final Tls elsewhere;
        final Tls strangerWhoBelievesUs;

        private Made(Path ours, Path theirs, Path elsewhere) throws IOException {
            mutual = load(ours, ours);
            oneWay = load(ours, null);
            trusting = load(null, ours);
            stranger = load(theirs, theirs);
            this.elsewhere = load(elsewhere, elsewhere);
            strangerWhoBelievesUs = load(theirs, ours);
        }

        private static Tls load(@Nullable Path own, @Nullable Path authority) throws IOException {
            return Tls.load(
                    own == null ? null : own.resolve("cert.pem"),
                    own == null ? null : own.resolve("key.pem"),
                    authority == null ? null : authority.resolve("ca.pem"),
                    () -> 0); // never reads again
        }

        private static Made make() {
            try {
                Path directory = Files.createTempDirectory("tls-test");
                try {
                    Path ours = directory.resolve("ours");
                    Path theirs = directory.resolve("theirs");
                    Path elsewhere = directory.resolve("elsewhere");
                    String names = "dns:localhost,ip:127.0.0.1,ip:::1";
                    TestCertificate.create(directory, names).write(ours);
                    TestCertificate.create(directory, names).write(theirs);
                    TestCertificate.create(directory, "dns:elsewhere.test").write(elsewhere);
                    return new Made(ours, theirs, elsewhere);
                } finally {
                    delete(directory);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private static void delete(Path directory) throws IOException {
            try (Stream<Path> files = Files.walk(directory)) {
                List<Path> inside = files.sorted(Comparator.reverseOrder()).toList();
                for (Path file : inside) {
                    Files.delete(file);
                }
            }
        }
    }

    /// Shows a certificate and wants one of the same authority.
    public static Tls mutual() {
        return Made.INSTANCE.mutual;
    }

    /// Shows the same certificate, and believes everybody.
    public static Tls oneWay() {
        return Made.INSTANCE.oneWay;
    }

    /// Believes that authority, and has no certificate.
    public static Tls trusting() {
        return Made.INSTANCE.trusting;
    }

    /// As [#mutual], with another authority.
    public static Tls stranger() {
        return Made.INSTANCE.stranger;
    }

    /// Shows a certificate of another authority, and believes the one of [#mutual].
    public static Tls strangerWhoBelievesUs() {
        return Made.INSTANCE.strangerWhoBelievesUs;
    }

    /// As [#mutual], of another authority, with a certificate for another host.
    public static Tls elsewhere() {
        return Made.INSTANCE.elsewhere;
    }
}
