// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.supernode;

import static org.assertj.core.api.Assertions.assertThat;

import io.dragonfly.cli.Program;
import io.dragonfly.origin.testing.TestCertificate;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import picocli.CommandLine;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Map;

/// `--check-config` reads the files that the options name.
final class CheckConfigTest {
    @TempDir private Path directory = Path.of("");

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int check(String... options) {
        CommandLine commandLine = Main.commandLine();
        commandLine.setOut(new PrintWriter(out));
        commandLine.setErr(new PrintWriter(err));
        String[] args = new String[options.length + 1];
        args[0] = "--check-config";
        System.arraycopy(options, 0, args, 1, options.length);
        return new Program(commandLine, Map.of(), null).run(args);
    }

    @Test
    void certificatesThatCannotBeUsedAreUsageErrorsOfOneLine() throws IOException {
        TestCertificate.create(directory, "dns:localhost").write(directory);
        String cert = directory.resolve("cert.pem").toString();
        String key = directory.resolve("key.pem").toString();
        String ca = directory.resolve("ca.pem").toString();

        assertThat(check("--tls-cert", cert, "--tls-key", key, "--tls-ca", ca)).isZero();
        assertThat(out.toString()).contains("tls-cert: ", "tls-ca: ");
        assertThat(err.toString()).isEmpty();

        assertThat(check("--tls-cert", cert, "--tls-key", ca)).isEqualTo(2);
        assertThat(err.toString())
                .isEqualTo("supernode: TLS: " + ca + ": there is no PEM private key in it\n");
        assertThat(check("--tls-ca", ca)).isEqualTo(2);
        assertThat(err.toString()).contains("--tls-ca needs --tls-cert").hasLineCount(2);
    }
}
