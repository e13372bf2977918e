// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.dragonfly.proxy.testing.Asked;
import io.dragonfly.proxy.testing.TestRegistry;
import io.dragonfly.proxy.testing.TestRegistry.Access;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Layers that not everybody may have, through the whole swarm.
@Timeout(120)
final class PrivatePullTest {
    private static final String TOKEN = "Bearer token:repository:private/app:pull";
    private static final int LENGTH = 3_000_000;

    @TempDir private Path home;
    private SwarmBed bed;
    private byte[] layer;
    private String path;

    @BeforeEach
    void start() throws IOException {
        bed = new SwarmBed(home, Access.TOKEN);
        layer = SwarmBed.random(LENGTH);
        path = "/v2/private/app/blobs/" + bed.registry.blob(layer);
    }

    @AfterEach
    void stop() throws IOException {
        bed.close();
    }

    private HttpResponse<byte[]> get(Host host, String... headers) throws IOException {
        try (Client client = new Client(host.proxy.port())) {
            return client.get(path, headers);
        }
    }

    @Test
    void who_may_have_it_shares_it() throws Exception {
        List<Host> hosts = List.of(bed.host(), bed.host());
        for (Host host : hosts) {
            assertThat(get(host, "Authorization", TOKEN).body()).isEqualTo(layer);
            host.tally.await(ProxyMeter.Answer.SWARM, 1);
        }
        assertThat(bed.registry.blobBytes()).isLessThan(LENGTH * 102L / 100);
    }

    @Test
    void who_may_not_have_it_gets_the_registrys_answer_and_no_byte() throws Exception {
        Host first = bed.host();
        assertThat(get(first, "Authorization", TOKEN).body()).isEqualTo(layer);
        for (Host host : List.of(first, bed.host())) {
            for (String token : List.of("", "Bearer token:repository:private/other:pull")) {
                HttpResponse<byte[]> answer =
                        token.isEmpty() ? get(host) : get(host, "Authorization", token);
                assertThat(answer.statusCode()).isEqualTo(401);
                assertThat(Client.header(answer, "WWW-Authenticate"))
                        .contains("scope=\"repository:private/app:pull\"");
                assertThat(answer.body()).asString().contains("UNAUTHORIZED");
            }
        }
    }

    @Test
    void a_registry_that_keeps_its_layers_elsewhere() throws Exception {
        try (TestRegistry store = TestRegistry.start(Access.EVERYBODY)) {
            String kept = store.url() + "/v2/store/blobs/" + store.blob(layer) + "?signature=s";
            bed.registry.answerInstead(asked ->
                    asked.header("Authorization").equals(TOKEN)
                            ? Optional.of(redirect(kept))
                            : Optional.empty());
            Host host = bed.host();
            assertThat(get(host, "Authorization", TOKEN).body()).isEqualTo(layer);
            host.tally.await(ProxyMeter.Answer.SWARM, 1);
            assertThat(store.asked())
                    .extracting((Asked a) -> a.header("Authorization"))
                    .as("credentials do not follow")
                    .containsOnly("");
            assertThat(store.blobBytes()).isLessThan(LENGTH * 102L / 100);
        }
    }

    private static TestRegistry.Answer redirect(String location) {
        return new TestRegistry.Answer(307, Map.of("Location", location), new byte[0], -1);
    }
}
