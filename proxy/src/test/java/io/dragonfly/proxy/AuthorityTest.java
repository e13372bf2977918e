// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Set;

final class AuthorityTest {
    private static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");

    private static final Authority AUTHORITY =
            Authority.create(
                    "test", List.of("a.b.com", "*.c.com", "192.0.2.7"), Duration.ofDays(300), NOW);

    private static X509Certificate certificate(String pem) throws Exception {
        return (X509Certificate)
                CertificateFactory.getInstance("X.509")
                        .generateCertificate(
                                new ByteArrayInputStream(pem.getBytes(StandardCharsets.UTF_8)));
    }

    /// As a client does that obeys the constraints of its authorities.
    private static void validate(Authority authority, X509Certificate leaf, Instant when)
            throws Exception {
        X509Certificate ca = certificate(authority.certificatePem());
        // The JDK looks at the constraints of certificates within a path, not at those of an
        // anchor:
        // so its own key is the anchor, and it stands in the path.
        PKIXParameters parameters =
                new PKIXParameters(
                        Set.of(
                                new TrustAnchor(
                                        ca.getSubjectX500Principal(), ca.getPublicKey(), null)));
        parameters.setRevocationEnabled(false);
        parameters.setDate(Date.from(when));
        CertPathValidator.getInstance("PKIX")
                .validate(
                        CertificateFactory.getInstance("X.509").generateCertPath(List.of(leaf, ca)),
                        parameters);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a.b.com", "x.c.com", "y.x.c.com", "192.0.2.7"})
    void a_certificate_for_a_listed_host_is_good_for_a_day(String host) throws Exception {
        X509Certificate leaf = AUTHORITY.leaf(host, NOW).certificate();
        assertThat(leaf.getSubjectAlternativeNames().iterator().next().get(1)).isEqualTo(host);
        assertThat(leaf.getBasicConstraints()).isEqualTo(-1);
        validate(AUTHORITY, leaf, NOW);
        validate(AUTHORITY, leaf, NOW.plus(Duration.ofHours(23)));
        assertThatThrownBy(() -> validate(AUTHORITY, leaf, NOW.plus(Duration.ofHours(25))))
                .isInstanceOf(CertPathValidatorException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"b.com", "evil.com", "xa.b.com", "192.0.2.8", "2001:db8::1"})
    void a_certificate_for_another_host_is_refused(String host) throws Exception {
        X509Certificate leaf = AUTHORITY.leaf(host, NOW).certificate();
        assertThatThrownBy(() -> validate(AUTHORITY, leaf, NOW))
                .isInstanceOf(CertPathValidatorException.class);
    }

    @Test
    void what_is_not_listed_at_all_is_refused_too() throws Exception {
        Authority names = Authority.create("x", List.of("a.b.com"), Duration.ofDays(1), NOW);
        X509Certificate address = names.leaf("192.0.2.7", NOW).certificate();
        assertThatThrownBy(() -> validate(names, address, NOW))
                .isInstanceOf(CertPathValidatorException.class);
        Authority addresses = Authority.create("x", List.of("192.0.2.7"), Duration.ofDays(1), NOW);
        X509Certificate name = addresses.leaf("a.b.com", NOW).certificate();
        assertThatThrownBy(() -> validate(addresses, name, NOW))
                .isInstanceOf(CertPathValidatorException.class);
    }

    @Test
    void an_authority_says_what_it_is_and_for_how_long() throws Exception {
        X509Certificate ca = certificate(AUTHORITY.certificatePem());
        assertThat(ca.getBasicConstraints()).isZero();
        assertThat(ca.getCriticalExtensionOIDs()).contains("2.5.29.30", "2.5.29.19", "2.5.29.15");
        assertThat(AUTHORITY.end()).isEqualTo(NOW.plus(Duration.ofDays(300)));
        assertThat(ca.getSerialNumber()).isPositive();
    }

    @Test
    void it_knows_for_whom_it_may_sign() {
        for (String host : List.of("a.b.com", "*.c.com", "x.C.com", "*.x.a.b.com", "192.0.2.7")) {
            assertThat(AUTHORITY.covers(host)).as(host).isTrue();
        }
        for (String host : List.of("b.com", "*.b.com", "xc.com", "192.0.2.8", "::1", "com")) {
            assertThat(AUTHORITY.covers(host)).as(host).isFalse();
        }
        assertThatThrownBy(() -> new ProxyConfig.Reading(List.of("b.com"), AUTHORITY))
                .hasMessageContaining("may not sign for b.com");
    }

    @Test
    void it_comes_back_from_its_files() throws Exception {
        Authority again = Authority.of(AUTHORITY.certificatePem(), AUTHORITY.keyPem());
        validate(AUTHORITY, again.leaf("a.b.com", NOW).certificate(), NOW);
    }

    @Test
    void mistakes_are_one_line() {
        assertThatThrownBy(() -> Authority.create("x", List.of(), Duration.ofDays(1), NOW))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Authority.create("x", List.of("a"), Duration.ofDays(367), NOW))
                .hasMessage("an authority lives a year at most");
        assertThatThrownBy(() -> Authority.create("x", List.of("a/b"), Duration.ofDays(1), NOW))
                .hasMessage("not a host name: a/b");
        assertThatThrownBy(() -> Authority.of("x", "y"))
                .hasMessage("not an authority and its key as gen-ca makes it");
    }
}
