// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.supernode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.List;

final class ScopesTest {
    @Test
    void aGroupIsOneScopeAndEverybodyElseHisOwn() {
        Scopes scopes = Scopes.parse(List.of("A.com, b.com:5000", "c.com,http://d.com:80"));
        assertThat(scopes.of("https://a.com:443")).isEqualTo(scopes.of("https://b.com:5000"));
        assertThat(scopes.of("https://c.com:443")).isEqualTo(scopes.of("http://d.com:80"));
        assertThat(scopes.of("https://c.com:443")).isNotEqualTo(scopes.of("https://a.com:443"));
        assertThat(scopes.of("https://e.com:443")).isEqualTo("https://e.com:443");
    }

    @Test
    void aPlainConnectionIsInNoScopeOfTheHostsCertificate() {
        Scopes scopes = Scopes.parse(List.of("a.com,b.com"));
        assertThat(scopes.of("http://a.com:80")).isEqualTo("http://a.com:80");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a.com", "", "a.com,", "a.com,b.com/x", "a.com,ftp://b.com", "a b,c"})
    void whatIsNoGroupIsRefused(String text) {
        assertThatThrownBy(() -> Scopes.parse(List.of(text)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
