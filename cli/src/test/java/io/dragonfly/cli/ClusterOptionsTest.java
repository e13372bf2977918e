// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/// Where token and certificates come from, and which combinations make sense.
final class ClusterOptionsTest {
    @TempDir private Path directory = Path.of("");

    private static ClusterOptions given(String... args) {
        CommandSpec spec = CommandSpec.create();
        ClusterOptions.addTo(spec);
        new CommandLine(spec).parseArgs(args);
        return ClusterOptions.of(spec);
    }

    private static void isUsage(ThrowingCallable call, String words) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        CommandFailure.class,
                        e -> assertThat(e.exitCode()).isEqualTo(ExitCode.USAGE))
                .hasMessageContaining(words);
    }

    private static String loaded(@Nullable Object cert, @Nullable Object key, @Nullable Object ca) {
        return Objects.toString(cert) + "," + key + "," + ca;
    }

    @Test
    void theTokenIsTheFirstLineOfItsFile() throws IOException {
        Path file = Files.writeString(directory.resolve("token"), " hush \nand a remark\n");
        assertThat(given("--cluster-token-file", file.toString()).token()).isEqualTo("hush");
        assertThat(given("--cluster-token", "x").token()).isEqualTo("x");
        assertThat(given().token()).isNull();
    }

    @Test
    void aTokenFileThatCannotBeUsedIsSaidSo() throws IOException {
        Path empty = Files.writeString(directory.resolve("empty"), "\nhush\n");
        Path large = Files.write(directory.resolve("large"), new byte[5000]);
        isUsage(() -> given("--cluster-token-file", empty.toString()).token(), "line is empty");
        isUsage(() -> given("--cluster-token-file", large.toString()).token(), "larger than");
        Path words = Files.writeString(directory.resolve("words"), "two words\n");
        isUsage(() -> given("--cluster-token-file", words.toString()).token(), "not one word");
        isUsage(
                () -> given("--cluster-token-file", "/none").token(),
                "/none: no such file or directory");
        isUsage(
                () -> given("--cluster-token", "a", "--cluster-token-file", "/b").token(),
                "give one");
    }

    @Test
    void tlsNeedsWhatBelongsTogether() {
        String[] pair = {"--tls-cert", "c", "--tls-key", "k"};
        String[] all = {"--tls-cert", "c", "--tls-key", "k", "--tls-ca", "a"};

        assertThat(given().<String>peerTls(ClusterOptionsTest::loaded)).isNull();
        assertThat(given().<String>serverTls(ClusterOptionsTest::loaded)).isNull();
        assertThat(given(all).<String>peerTls(ClusterOptionsTest::loaded)).isEqualTo("c,k,a");
        assertThat(given(all).<String>serverTls(ClusterOptionsTest::loaded)).isEqualTo("c,k,a");
        assertThat(given(pair).<String>serverTls(ClusterOptionsTest::loaded)).isEqualTo("c,k,null");
        assertThat(given("--tls-ca", "a").<String>peerTls(ClusterOptionsTest::loaded))
                .isEqualTo("null,null,a");

        isUsage(() -> given(pair).peerTls(ClusterOptionsTest::loaded), "needs --tls-ca");
        isUsage(
                () -> given("--tls-ca", "a").serverTls(ClusterOptionsTest::loaded),
                "needs --tls-cert");
        for (String one : List.of("--tls-cert", "--tls-key")) {
            isUsage(
                    () -> given(one, "x", "--tls-ca", "a").peerTls(ClusterOptionsTest::loaded),
                    "give both or none");
        }
    }

    @Test
    void aFileThatCannotBeUsedIsAnErrorOfOneLine() {
        isUsage(
                () ->
                        given("--tls-ca", "a")
                                .peerTls((_, _, ca) -> {
                                    throw new IOException(ca + ": no such file");
                                }),
                "TLS: a: no such file");
    }
}
