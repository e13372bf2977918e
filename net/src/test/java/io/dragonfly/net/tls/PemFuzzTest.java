// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.net.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.dragonfly.origin.testing.Mangler;
import io.dragonfly.origin.testing.TestCertificate;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PublicKey;
import java.util.List;
import java.util.Random;

/// Files of any bytes: a certificate, a key, or one line that names the file.
@Timeout(120)
final class PemFuzzTest {
    private static final int FILES = 400;
    private static final List<String> WORDS =
            List.of(
                    "-----BEGIN ",
                    "-----END ",
                    "-----",
                    "CERTIFICATE",
                    "PRIVATE KEY",
                    "RSA PRIVATE KEY",
                    "EC PRIVATE KEY",
                    "ENCRYPTED ",
                    "=",
                    "====",
                    "MIIB",
                    "MIL/////",
                    "MAA=",
                    "\n");

    @TempDir Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"EC", "RSA"})
    void aFileIsReadOrRefusedInOneLine(String algorithm) throws IOException {
        TestCertificate.create(directory, "ip:127.0.0.1", "-keyalg", algorithm).write(directory);
        Path certificate = directory.resolve("cert.pem");
        Path key = directory.resolve("key.pem");
        PublicKey of = Pem.certificates(certificate).getFirst().getPublicKey();
        List<String> good =
                List.of(
                        Files.readString(certificate),
                        Files.readString(key),
                        Files.readString(key).replace(" PRIVATE", " " + algorithm + " PRIVATE"));
        long seed = new Random(algorithm.hashCode()).nextLong();
        Mangler mangler = new Mangler(seed, WORDS);
        Path file = directory.resolve("mangled.pem");

        for (int i = 0; i < FILES; i++) {
            Files.write(file, mangler.mangle(good));
            assertReadOrRefused(seed, file, () -> assertThat(Pem.certificates(file)).isNotEmpty());
            assertReadOrRefused(seed, file, () -> assertThat(Pem.key(file, of)).isNotNull());
        }
    }

    private interface Reading {
        void read() throws IOException;
    }

    private static void assertReadOrRefused(long seed, Path file, Reading reading) {
        try {
            reading.read();
        } catch (IOException e) {
            assertThat(e)
                    .as("seed %d", seed)
                    .message()
                    .startsWith(file + ": ")
                    .hasLineCount(1)
                    .hasSizeLessThan(500);
        }
    }
}
