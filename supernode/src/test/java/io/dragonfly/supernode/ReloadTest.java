// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.supernode;

import static org.assertj.core.api.Assertions.assertThat;

import io.dragonfly.cli.CommandFailure;
import io.dragonfly.cli.Reload;
import io.dragonfly.peer.PeerEnvironment;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;

/// Who may have the configuration read anew, and what he is told.
final class ReloadTest {
    @TempDir Path directory;

    private Supernode supernode;

    @BeforeEach
    void start() throws IOException {
        SupernodeConfig config = SupernodeConfig.of(directory.resolve("home")).withPorts(0, 0);
        supernode = Supernode.start(config, PeerEnvironment.system());
    }

    @AfterEach
    void stop() {
        supernode.close();
    }

    private HttpResponse<String> reload(String... headers) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpRequest.Builder request =
                    HttpRequest.newBuilder(
                                    URI.create(
                                            "http://127.0.0.1:" + supernode.port() + "/v1/reload"))
                            .POST(HttpRequest.BodyPublishers.noBody());
            if (headers.length > 0) {
                request.headers(headers);
            }
            return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        }
    }

    @Test
    void theAnswerNamesWhatChangedAndWhatIsWrong() throws Exception {
        assertThat(reload().statusCode()).isEqualTo(409);
        supernode.reloadBy(() -> new Reload.Outcome(List.of("upload-limit"), List.of("port")));
        HttpResponse<String> answer = reload();
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body())
                .isEqualTo("{\"applied\":[\"upload-limit\"],\"needsRestart\":[\"port\"]}");
        supernode.reloadBy(() -> {
            throw CommandFailure.usage("s.yml:1: unknown key 'x'");
        });
        answer = reload();
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains("bad-config", "s.yml:1: unknown key 'x'");
    }

    @Test
    void whoCallsForOthersNeedsTheToken() throws Exception {
        supernode.reloadBy(() -> new Reload.Outcome(List.of(), List.of()));
        String[] forOther = {"X-Forwarded-For", "192.0.2.1"};
        HttpResponse<String> none = reload(forOther);
        assertThat(none.statusCode()).isEqualTo(403);
        assertThat(none.body()).contains("not-permitted", "--api-token-file");

        supernode.change(SupernodeLimits.NONE, "secret");
        HttpResponse<String> missing = reload(forOther);
        assertThat(missing.statusCode()).isEqualTo(401);
        assertThat(missing.body()).contains("token-wanted").doesNotContain("secret");
        assertThat(missing.headers().firstValue("WWW-Authenticate")).contains("Bearer");
        for (String wrong : List.of("Bearer secre", "Bearer secrets", "Basic secret", "secret")) {
            assertThat(reload("Origin", "http://x", "Authorization", wrong).statusCode())
                    .as(wrong)
                    .isEqualTo(401);
        }
        assertThat(reload("Origin", "http://x", "Authorization", "bearer secret").statusCode())
                .isEqualTo(200);
        assertThat(reload().statusCode()).as("this machine needs none").isEqualTo(200);
    }
}
