// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.origin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.net.InetAddress;
import java.util.List;

final class AddressGuardTest {
    private static InetAddress ip(String literal) {
        return InetAddress.ofLiteral(literal);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "169.254.169.254",
                "100.100.100.200",
                "fd00:ec2::254",
                "fe80::1",
                "224.0.0.1",
                "64:ff9b::a9fe:a9fe",
                "64:ff9b:1::169.254.169.254",
                "2002:a9fe:a9fe::1",
                "2001:0:4136:e378:8000:63bf:5601:5601",
                "::169.254.169.254",
                "::ffff:169.254.169.254"
            })
    void metadataAndLinkLocalAddressesAreRefusedInEveryDress(String literal) {
        assertThat(AddressGuard.STANDARD.refusal(ip(literal))).isPresent();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1",
                "127.8.9.10",
                "::1",
                "0.0.0.0",
                "0.1.2.3",
                "::",
                "::127.0.0.1",
                "64:ff9b::127.0.0.1",
                "2002:7f00:1::"
            })
    void loopbackIsRefusedWhereItMust(String literal) {
        assertThat(AddressGuard.NO_LOOPBACK.refusal(ip(literal))).isPresent();
        assertThat(AddressGuard.STANDARD.refusal(ip("127.0.0.1"))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.1.2.3", "192.0.2.1", "2001:db8::1", "fd00::1", "64:ff9b::8.8.8.8"})
    void otherAddressesAreAllowed(String literal) {
        assertThat(AddressGuard.NO_LOOPBACK.refusal(ip(literal))).isEmpty();
    }

    @Test
    void whatIsDeniedIsRefusedAndAnAllowListRefusesTheRest() {
        AddressGuard denying = AddressGuard.lists(List.of(Network.ofText("10.0.0.0/8")), List.of());
        assertThat(denying.refusal(ip("10.9.9.9"))).isPresent();
        assertThat(denying.refusal(ip("64:ff9b::10.9.9.9"))).isPresent();
        assertThat(denying.refusal(ip("11.9.9.9"))).isEmpty();

        AddressGuard allowing =
                AddressGuard.lists(
                        List.of(Network.ofText("10.1.0.0/16")),
                        List.of(Network.ofText("10.0.0.0/8"), Network.ofText("192.0.2.7")));
        assertThat(allowing.refusal(ip("10.2.0.1"))).isEmpty();
        assertThat(allowing.refusal(ip("192.0.2.7"))).isEmpty();
        assertThat(allowing.refusal(ip("10.1.0.1"))).isPresent();
        assertThat(allowing.refusal(ip("192.0.2.8"))).isPresent();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "10.0.0.0/x", "origin.example.com", "10.0.0/8/9"})
    void whatIsNoNetworkIsSaidToBeNone(String text) {
        assertThatThrownBy(() -> Network.ofText(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("not a network");
    }
}
