// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.dfdaemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.dragonfly.proxy.Authority;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

final class GenCaTest {
    @TempDir private Path directory;

    private int run(String... args) {
        return Main.genCa(DaemonEnvironment.system(), args);
    }

    @Test
    void an_authority_is_two_files_and_the_key_is_for_its_owner_alone() throws IOException {
        Path cert = directory.resolve("ca.crt");
        Path key = directory.resolve("ca.key");
        String[] args = {
            "--host=a.b.com", "--cert-output=" + cert, "--key-output=" + key, "--days=7"
        };
        assertThat(run(args)).isZero();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(key)))
                .isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(cert)))
                .isEqualTo("rw-r--r--");
        String made = Files.readString(cert);
        assertThat(Authority.of(made, Files.readString(key)).certificatePem()).isEqualTo(made);
        assertThat(run(args)).as("nothing is replaced unasked").isEqualTo(2);
        assertThat(Files.readString(cert)).isEqualTo(made);
        String[] again = {
            "--overwrite", "--host=a.b.com", "--cert-output=" + cert, "--key-output=" + key
        };
        assertThat(run(again)).isZero();
        assertThat(Files.readString(cert)).isNotEqualTo(made);
        try (var files = Files.list(directory)) {
            assertThat(files).containsExactlyInAnyOrder(cert, key);
        }
    }

    @Test
    void mistakes_are_one_line() {
        assertThat(run()).isEqualTo(2);
        assertThat(run("--host=a b", "--cert-output=" + directory.resolve("c"))).isEqualTo(2);
        assertThat(run("--host=a.b.com", "--days=400")).isEqualTo(2);
    }
}
