// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.e2e.namespace;

import static org.assertj.core.api.Assertions.assertThat;

import io.dragonfly.e2e.Bed;
import io.dragonfly.e2e.Lab;
import io.dragonfly.e2e.NeedsRoot;
import io.dragonfly.e2e.Running;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.file.Path;
import java.time.Duration;

/// An origin that leads to where nobody from outside may look: to the host that reads it, and to
/// the metadata service of a cloud.
@ExtendWith(NeedsRoot.class)
final class GuardedOriginIT {
    @RegisterExtension static final Lab LAB = new Lab();

    private static final Duration LIMIT = Duration.ofMinutes(1);

    private static SwarmOfHosts hosts;

    @BeforeAll
    static void start() {
        hosts = new SwarmOfHosts(LAB, Bed.Family.IPV4).withSupernodes(1).withDaemons(1);
    }

    /// `p2p` asks the supernode, `source` this host itself.
    @ParameterizedTest
    @CsvSource({
        "p2p, http://127.0.0.1:8002/v1/version, is a loopback address",
        "p2p, http://169.254.169.254/latest/meta-data, is a link-local address",
        "source, http://169.254.169.254/latest/meta-data, is a link-local address",
    })
    void aRedirectToWhereNobodyMayLookIsRefused(String pattern, String target, String why) {
        String url = hosts.origin.redirect(target);
        Path output = LAB.path("output");

        Running dfget =
                hosts.swarm.download(hosts.daemons.getFirst(), url, output, "--pattern", pattern);

        assertThat(dfget.await(LIMIT)).as("%s", dfget).isEqualTo(11);
        assertThat(dfget.errText()).hasLineCount(1).contains(why);
        assertThat(output).doesNotExist();
    }
}
