// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Map;
import java.util.Random;

final class ChallengeTest {
    @Test
    void a_token_service_and_a_scope() {
        String header =
                "Bearer realm=\"https://auth.docker.io/token\",service=\"registry.docker.io\","
                        + "scope=\"repository:library/app:pull\"";
        assertThat(Challenge.parse(header))
                .containsExactly(
                        new Challenge(
                                "Bearer",
                                Map.of(
                                        "realm", "https://auth.docker.io/token",
                                        "service", "registry.docker.io",
                                        "scope", "repository:library/app:pull")));
        assertThat(Challenge.parse(header).getFirst()).hasToString(header);
    }

    @Test
    void several_of_them_in_one_header() {
        List<Challenge> all =
                Challenge.parse(
                        "Negotiate, Digest realm=a , nonce = \"x\\\"y, z\",Basic realm=\"\","
                                + " Negotiate abc/d==, BEARER Realm=b");
        assertThat(all)
                .containsExactly(
                        new Challenge("Negotiate", Map.of()),
                        new Challenge("Digest", Map.of("realm", "a", "nonce", "x\"y, z")),
                        new Challenge("Basic", Map.of("realm", "")),
                        new Challenge("Negotiate", Map.of()),
                        new Challenge("BEARER", Map.of("realm", "b")));
        assertThat(all.get(1).is("DIGEST")).isTrue();
    }

    @Test
    void nonsense_is_as_much_as_can_be_understood() {
        assertThat(Challenge.parse("")).isEmpty();
        assertThat(Challenge.parse("\"")).isEmpty();
        assertThat(Challenge.parse("Basic realm=\"never ends"))
                .containsExactly(new Challenge("Basic", Map.of("realm", "never ends")));
        assertThat(Challenge.parse("x".repeat(10_000))).isEmpty();
    }

    @Test
    void any_header_is_read_to_an_end_and_what_is_read_can_be_written_and_read_again() {
        long seed = 99;
        Random random = new Random(seed);
        String[] parts = {"Bearer", " ", ",", "=", "\"", "\\", "realm", "a", "==", "/", "Basic"};
        for (int i = 0; i < 50_000; i++) {
            StringBuilder header = new StringBuilder();
            for (int n = random.nextInt(15); n > 0; n--) {
                header.append(parts[random.nextInt(parts.length)]);
            }
            for (Challenge challenge : Challenge.parse(header.toString())) {
                assertThat(Challenge.parse(challenge.toString()))
                        .as("seed %d: %s", seed, header)
                        .containsExactly(challenge);
            }
        }
    }

    @Test
    void names_in_scopes_are_renamed_and_nothing_else() {
        String scopes = "repository:x/app:pull,push registry:catalog:* repository:y:pull";
        assertThat(Scope.rename(scopes, n -> "a.b.com/" + n))
                .isEqualTo(
                        "repository:a.b.com/x/app:pull,push registry:catalog:*"
                                + " repository:a.b.com/y:pull");
        assertThat(Scope.repository(scopes)).isEqualTo("x/app");
        assertThat(Scope.repository("registry:catalog:*")).isEmpty();
        assertThat(Scope.repository("repository:localhost:5000/x:pull"))
                .isEqualTo("localhost:5000/x");
    }
}
