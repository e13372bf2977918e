// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.e2e.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import picocli.CommandLine;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.SplittableRandom;

/// What can be said before anything is started.
final class SwarmCommandTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream errors = new ByteArrayOutputStream();
    private final StringWriter help = new StringWriter();
    private final CommandLine command =
            new CommandLine(
                            new SwarmCommand(
                                    new PrintStream(out, true, StandardCharsets.UTF_8),
                                    new PrintStream(errors, true, StandardCharsets.UTF_8),
                                    InstantSource.system(),
                                    SplittableRandom::new))
                    .setOut(new PrintWriter(help, true))
                    .setErr(new PrintWriter(help, true));

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    --classes=10by10 | --classes: not COUNTxMBIT, such as 10x50: '10by10'
                    --peers=0 | from 1 to 190 peers are possible here: 0
                    --peer-mbit=0 | a rate must be above 0
                    --origin-mbit=-1 | a rate must be above 0
                    --size=much | --size: not bytes, such as 200M: 'much'
                    --rival=wget | --rival: curl, aria2 or libtorrent, not 'wget'
                    --rivals-only | --rivals-only needs a --rival
                    --runs=0 | --runs: from 1 to 100: 0
                    --classes=1x1 --idcs=1x1 | either --classes or --idcs
                    --slow-uplinks=11 | 11 slow uplinks among 10 peers
                    """)
    void wrongArgumentsAreOneLineAndExitStatus2(String arguments, String message) {
        int status = command.execute(arguments.split(" "));

        assertThat(status).isEqualTo(2);
        assertThat(errors.toString(StandardCharsets.UTF_8).strip())
                .isEqualTo("bench/swarm: " + message);
    }

    @Test
    void helpNamesTheOptions() {
        assertThat(command.execute("--help")).isZero();

        assertThat(help.toString())
                .contains("--peers", "--slow-uplinks", "--faults", "Exit status");
    }
}
