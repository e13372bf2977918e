// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dragonfly.core.model.HostPort;

import org.junit.jupiter.api.Test;

final class RuleTest {
    @Test
    void words_and_then_a_regular_expression() {
        Rule rule = Rule.parse("  use-https redirect=mirror.b.com:8443 p2p  \\.rpm$ ");
        assertThat(rule.way()).isEqualTo(Rule.Way.P2P);
        assertThat(rule.useHttps()).isTrue();
        assertThat(rule.redirect()).isEqualTo(new HostPort("mirror.b.com", 8443));
        assertThat(rule.url().matcher("http://x/y.rpm").find()).isTrue();
        assertThat(rule.url().matcher("http://x/y.rpm?z").find()).isFalse();
        assertThat(Rule.parse("redirect=b.com .").way()).isEqualTo(Rule.Way.USUAL);
        assertThat(Rule.parse("direct .").redirect()).isNull();
    }

    @Test
    void mistakes_are_one_line() {
        assertThatThrownBy(() -> Rule.parse("p2p")).hasMessageContaining("a regular expression");
        assertThatThrownBy(() -> Rule.parse("swarm ."))
                .hasMessageStartingWith("proxy rule: unknown word 'swarm'");
        assertThatThrownBy(() -> Rule.parse("p2p ("))
                .hasMessageStartingWith("proxy rule: not a regular expression: (: ");
        assertThatThrownBy(() -> Rule.parse("redirect=a:b .")).hasMessage("not a port number: b");
    }
}
