// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.origin.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.dragonfly.core.model.TaskSpec;
import io.dragonfly.origin.Network;
import io.dragonfly.origin.OriginException.Kind;
import io.dragonfly.origin.OriginRules;
import io.dragonfly.origin.OriginRules.Loopback;
import io.dragonfly.origin.testing.Answers;
import io.dragonfly.origin.testing.Content;
import io.dragonfly.origin.testing.HostileOrigin;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Map;

/// Which ways lead to this machine's own addresses.
final class LoopbackTest {
    private final Content content = Content.random(1, 1000);

    private static OriginRules rules(Loopback loopback) {
        return new OriginRules(loopback, List.of(), List.of());
    }

    /// An origin elsewhere, played by a proxy that answers itself.
    private static HttpFixture elsewhere(HostileOrigin origin, Loopback loopback) {
        String proxy = "127.0.0.1:" + origin.url("/").getPort();
        return new HttpFixture(
                Map.of("http_proxy", proxy, "no_proxy", "0.0.0.0/7,126.0.0.0/7,localhost"),
                rules(loopback));
    }

    @ParameterizedTest
    @EnumSource(Loopback.class)
    void aRedirectFromElsewhereNeverLeadsHere(Loopback loopback) throws IOException {
        try (HostileOrigin secret = HostileOrigin.start(Answers.honest(content))) {
            for (String host : new String[] {"127.0.0.1", "localhost", "0.0.0.0"}) {
                URI target = secret.url(host, "/secret");
                try (HostileOrigin origin =
                                HostileOrigin.start(Answers.redirect(302, target::toString));
                        HttpFixture http = elsewhere(origin, loopback)) {
                    assertThat(http.failure(URI.create("http://elsewhere.example/f")).kind())
                            .as(host)
                            .isEqualTo(Kind.REFUSED);
                }
            }
            assertThat(secret.connections()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"169.254.169.254", "[::ffff:169.254.169.254]", "[64:ff9b::a9fe:a9fe]"})
    void aRedirectToAMetadataServiceIsRefused(String address) throws IOException {
        String target = "http://" + address + "/latest/meta-data";
        try (HostileOrigin origin = HostileOrigin.start(Answers.redirect(302, () -> target));
                HttpFixture http = new HttpFixture(Map.of(), rules(Loopback.ANY))) {
            assertThat(http.failure(origin.url("/f")).kind()).isEqualTo(Kind.REFUSED);
        }
    }

    @Test
    void whoNamesALoopbackAddressIsLedThereWhereThatIsAllowed() throws IOException {
        try (HostileOrigin secret = HostileOrigin.start(Answers.honest(content));
                HostileOrigin origin =
                        HostileOrigin.start(
                                Answers.redirect(
                                        302, () -> secret.url("localhost", "/g").toString()));
                HttpFixture named = new HttpFixture(Map.of(), rules(Loopback.NAMED));
                HttpFixture never = new HttpFixture(Map.of(), rules(Loopback.NEVER))) {
            assertThat(named.read(TaskSpec.of(origin.url("/f")))).isEqualTo(content.bytes());
            assertThat(never.failure(origin.url("/f")).kind()).isEqualTo(Kind.REFUSED);
        }
    }

    @Test
    void anOperatorsListsAreObeyed() throws IOException {
        OriginRules denying =
                new OriginRules(Loopback.ANY, List.of(Network.ofText("127.0.0.0/8")), List.of());
        OriginRules allowing =
                new OriginRules(Loopback.ANY, List.of(), List.of(Network.ofText("10.0.0.0/8")));
        try (HostileOrigin origin = HostileOrigin.start(Answers.honest(content));
                HttpFixture denied = new HttpFixture(Map.of(), denying);
                HttpFixture notAllowed = new HttpFixture(Map.of(), allowing)) {
            assertThat(denied.failure(origin.url("/f")))
                    .hasMessageContaining("--deny-origins forbids");
            assertThat(notAllowed.failure(origin.url("/f")))
                    .hasMessageContaining("--allow-origins");
            assertThat(origin.connections()).isZero();
        }
    }
}
