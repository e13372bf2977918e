// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.e2e.loopback;

import static org.assertj.core.api.Assertions.assertThat;

import io.dragonfly.e2e.BadInput;
import io.dragonfly.e2e.Digests;
import io.dragonfly.e2e.Lab;
import io.dragonfly.e2e.Swarm;
import io.dragonfly.origin.testing.Answers;
import io.dragonfly.origin.testing.Content;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Every bad input of the table: the one line and the status that it promises, nothing left behind,
/// nothing left locked.
final class BadInputIT {
    @RegisterExtension static final Lab LAB = new Lab();

    private static final Swarm SWARM = new Swarm(LAB);

    /// Most cases wait, for retries of the origin and the like: several run at the same time.
    private static final int AT_A_TIME = 5;

    private static final Map<BadInput, Future<BadInputScenes.Outcome>> OUTCOMES =
            new EnumMap<>(BadInput.class);

    private static BadInputScenes scenes;
    private static ExecutorService players;

    @BeforeAll
    static void start() throws IOException {
        scenes = new BadInputScenes(LAB, SWARM);
        players = Executors.newFixedThreadPool(AT_A_TIME);
        for (BadInput input : BadInput.values()) {
            OUTCOMES.put(input, players.submit(() -> scenes.play(input)));
        }
    }

    @AfterAll
    static void stop() {
        players.shutdown();
        scenes.close();
    }

    @ParameterizedTest
    @EnumSource
    void badInputIsOneLineAndAStatusAndNothingStaysBehind(BadInput input) throws Exception {
        BadInputScenes.Outcome outcome = OUTCOMES.get(input).get();

        assertThat(outcome.line()).isEqualTo(input.line());
        assertThat(outcome.status()).isEqualTo(input.exit());
        if (input.exit() == 0) {
            assertThat(Digests.sha256(outcome.directory().resolve("file")))
                    .isEqualTo(scenes.expected(input).sha256());
        } else {
            assertThat(outcome.directory()).isEmptyDirectory();
        }
        assertThatAnotherDownloadWorks(input.name());
    }

    @Test
    void noLogHasAStackTrace() throws Exception {
        for (Future<BadInputScenes.Outcome> outcome : OUTCOMES.values()) {
            var _ = outcome.get();
        }

        assertThat(Files.readString(scenes.daemon().home().resolve("logs/dfclient.log")))
                .doesNotContain("\tat ");
        assertThat(scenes.supernode().process().errText()).doesNotContain("\tat ");
    }

    /// Nothing is locked, in the daemon or in the supernode.
    private static void assertThatAnotherDownloadWorks(String name) {
        Content content = Content.random(name.hashCode(), 300_000);
        String url = scenes.origin().serve("/good-" + name, Answers.honest(content));
        Path output = LAB.path("good-" + name);

        Swarm.Ended ended = scenes.get(url, output, "--notbs");

        assertThat(ended.status()).as("%s", ended.err()).isZero();
        assertThat(Digests.sha256(output)).isEqualTo(content.sha256());
    }
}
