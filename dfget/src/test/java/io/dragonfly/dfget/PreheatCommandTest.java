// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.dfget;

import static org.assertj.core.api.Assertions.assertThat;

import io.dragonfly.cli.Program;
import io.dragonfly.origin.testing.Behaviour;
import io.dragonfly.origin.testing.HostileOrigin;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import picocli.CommandLine;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.TimeUnit;

@Timeout(value = 1, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class PreheatCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... args) {
        CommandLine commandLine = Program.commandLine(new PreheatCommand());
        commandLine.setOut(new PrintWriter(out));
        commandLine.setErr(new PrintWriter(err));
        return new Program(commandLine, Map.of(), null).run(args);
    }

    /// Closes after each answer: the order's body is not read.
    private static Behaviour answer(int status, String json) {
        return (_, wire) -> {
            byte[] body = json.getBytes(StandardCharsets.UTF_8);
            wire.head(
                    "HTTP/1.1 " + status + " X",
                    "Connection: close",
                    "Content-Length: " + body.length);
            wire.body(body, 0, body.length).close();
        };
    }

    private static Behaviour view(String state, String errors) {
        return answer(
                200,
                "{\"id\": \"12\", \"url\": \"https://r/a:1\", \"state\": \"%s\", \"errors\": [%s]}"
                        .formatted(state, errors));
    }

    @Test
    void anOrderIsTakenAndWaitedFor() throws Exception {
        Behaviour supernode =
                (request, wire) ->
                        view(request.method().equals("POST") ? "running" : "succeeded", "")
                                .answer(request, wire);
        try (HostileOrigin origin = HostileOrigin.start(supernode)) {
            String node = "--node=127.0.0.1:" + origin.port();
            assertThat(run(node, "a.b/c:1")).isZero();
            assertThat(out.toString()).contains("12 https://r/a:1: running");
            assertThat(run(node, "--wait", "a.b/c:1")).isZero();
            assertThat(out.toString()).contains("succeeded");
            assertThat(origin.requests().getLast().target())
                    .isEqualTo("/api/v1/preheats/12?wait=10");
        }
    }

    @Test
    void aFailureIsSaidLineByLine() throws Exception {
        try (HostileOrigin origin = HostileOrigin.start(view("failed", "\"sha256:1: 404\""))) {
            assertThat(run("--node=127.0.0.1:" + origin.port(), "a.b/c")).isEqualTo(20);
            assertThat(err.toString()).contains("sha256:1: 404");
        }
    }

    @Test
    void whatIsRefusedSaysWhy() throws Exception {
        Behaviour refusing = answer(403, "{\"detail\": \"only callers here\"}");
        try (HostileOrigin origin = HostileOrigin.start(refusing)) {
            assertThat(run("--node=127.0.0.1:" + origin.port(), "a.b/c")).isEqualTo(21);
            assertThat(err.toString()).contains("only callers here").doesNotContain("Exception");
        }
    }

    @Test
    void nobodyThereIsOneLine() {
        // A port that is given to nobody who asks for any.
        assertThat(run("--node=127.0.0.1:1", "a.b/c")).isEqualTo(16);
        assertThat(err.toString()).contains("does not answer");
    }
}
