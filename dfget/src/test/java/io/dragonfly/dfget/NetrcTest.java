// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.dfget;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/// Files as other programs read them.
final class NetrcTest {
    private static final String FILE =
            """
            # my hosts
            machine one.test login me password "p w\\"x"
            machine two.test
              login you
              account ignored
              password #1
            macdef init
              machine three.test login bad password bad

            machine three.test login she
            machine THREE.test login he password secret
            default login anonymous password guest
            """;

    @Test
    void aHostsEntryIsFound() {
        assertThat(Netrc.find(FILE, "one.test")).isEqualTo(new Netrc.Login("me", "p w\"x"));
        assertThat(Netrc.find(FILE, "two.test")).isEqualTo(new Netrc.Login("you", "#1"));
    }

    @Test
    void incompleteEntriesAndMacrosArePassedOver() {
        assertThat(Netrc.find(FILE, "three.test")).isEqualTo(new Netrc.Login("he", "secret"));
    }

    @Test
    void othersGetTheDefaultOrNothing() {
        assertThat(Netrc.find(FILE, "x.test")).isEqualTo(new Netrc.Login("anonymous", "guest"));
        assertThat(Netrc.find("machine a login b password c", "x.test")).isNull();
        assertThat(Netrc.find("machine", "x.test")).isNull();
        assertThat(Netrc.find("", "x.test")).isNull();
    }

    @Test
    void aLoginIsNeverPrinted() {
        assertThat(new Netrc.Login("a", "b").toString()).doesNotContain("a,").doesNotContain("b");
    }
}
