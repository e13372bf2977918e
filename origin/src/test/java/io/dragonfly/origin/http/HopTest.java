// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.origin.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.dragonfly.core.model.Header;
import io.dragonfly.core.model.TaskSpec;
import io.dragonfly.origin.OriginException;

import org.junit.jupiter.api.Test;

import java.net.URI;

final class HopTest {
    private static Hop hop(String from, String to) throws OriginException {
        TaskSpec spec =
                HttpFixture.spec(URI.create(from), "Authorization: a", "X-Token: x", "Accept: y");
        return Hop.first(spec).redirect(to);
    }

    private static String names(Hop hop) {
        return String.join(" ", hop.headers().stream().map(Header::name).toList());
    }

    @Test
    void theUsualStepToTlsKeepsTokensButNotCredentials() throws OriginException {
        assertThat(names(hop("http://h/a", "https://h/b"))).isEqualTo("X-Token Accept");
    }

    @Test
    void theStepDownFromTlsDropsBoth() throws OriginException {
        assertThat(names(hop("https://h/a", "http://h/b"))).isEqualTo("Accept");
        assertThat(names(hop("https://h:443/a", "http://h:443/b"))).isEqualTo("Accept");
    }

    @Test
    void hostsAreComparedWithoutCaseAndWithDefaultPorts() throws OriginException {
        assertThat(names(hop("http://H/a", "HTTP://h:80/b")))
                .isEqualTo("Authorization X-Token Accept");
        assertThat(names(hop("https://h/a", "https://h:443/b")))
                .isEqualTo("Authorization X-Token Accept");
    }

    @Test
    void aSubdomainIsAnotherHost() throws OriginException {
        assertThat(names(hop("http://h.example/a", "http://x.h.example/b"))).isEqualTo("Accept");
    }

    @Test
    void relativeTargetsAreResolved() throws OriginException {
        assertThat(hop("http://h/a/b?c", "../d?e").url()).hasToString("http://h/d?e");
        assertThat(hop("http://h/a/b?c", "//other/d").url()).hasToString("http://other/d");
        assertThat(hop("http://h/a/b?c", "?e").url()).hasToString("http://h/a/?e");
        assertThat(hop("http://h", "/x#y").url()).hasToString("http://h/x");
    }

    @Test
    void nothingOfAHopShowsSecrets() throws OriginException {
        Hop hop =
                Hop.first(
                        HttpFixture.spec(
                                URI.create("http://user:secret@h/f?sig=secret"),
                                "X-Token: secret"));

        assertThat(hop.toString()).doesNotContain("secret").contains("h/f");
    }
}
