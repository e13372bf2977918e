// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.peer;

import static org.assertj.core.api.Assertions.assertThat;

import io.dragonfly.core.model.Header;
import io.dragonfly.core.model.HostPort;
import io.dragonfly.core.model.TaskSpec;

import org.junit.jupiter.api.Test;

import java.net.URI;
import java.util.List;

final class PrivateLinkTest {
    private static final HostPort FAR = new HostPort("10.0.0.1", 8002);
    private static final HostPort NAMED = new HostPort("supernode.example", 8002);
    private static final PrivateLink PLAIN = new PrivateLink(false, false);

    private static TaskSpec with(String url, String... headers) {
        List<Header> parsed = List.of(headers).stream().map(Header::parse).toList();
        return new TaskSpec(URI.create(url), parsed, List.of(), "", null, false, "");
    }

    @Test
    void credentialsAreNotSentWhereTheyCouldBeRead() {
        for (TaskSpec spec :
                new TaskSpec[] {
                    with("http://o/f", "Authorization: Bearer secret"),
                    with("http://o/f", "cookie: session=secret"),
                    with("http://me:secret@o/f")
                }) {
            for (HostPort supernode : new HostPort[] {FAR, NAMED}) {
                assertThat(PLAIN.refusal(spec, supernode))
                        .hasValueSatisfying(refused -> {
                            assertThat(refused.code()).isEqualTo("usage");
                            assertThat(refused.message())
                                    .contains(supernode.toString(), "--plain-credentials")
                                    .doesNotContain("secret");
                        });
            }
        }
    }

    @Test
    void withoutCredentialsNothingIsHeldBack() {
        assertThat(PLAIN.refusal(with("http://o/f", "Accept: text/plain"), FAR)).isEmpty();
    }

    @Test
    void loopbackTlsAndTheOperatorsWordAllowThem() {
        TaskSpec spec = with("http://o/f", "Authorization: Bearer secret");

        assertThat(PLAIN.refusal(spec, new HostPort("127.0.0.1", 8002))).isEmpty();
        assertThat(PLAIN.refusal(spec, new HostPort("::1", 8002))).isEmpty();
        assertThat(PLAIN.refusal(spec, new HostPort("localhost", 8002))).isEmpty();
        assertThat(new PrivateLink(true, false).refusal(spec, FAR)).isEmpty();
        assertThat(new PrivateLink(false, true).refusal(spec, FAR)).isEmpty();
    }
}
