// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.origin.http;

import io.dragonfly.origin.OriginException;
import io.dragonfly.origin.OriginException.Kind;

import org.eclipse.jetty.util.ssl.SslContextFactory;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;

/// Whom to believe that a server is who it says.
///
/// @param insecure everybody
/// @param caCerts PEM text of the authorities to believe instead of the system's, or empty
record Trust(boolean insecure, String caCerts) {
    /// @throws OriginException of kind TLS where the PEM text has no certificates
    SslContextFactory.Client sslContextFactory() throws OriginException {
        SslContextFactory.Client factory = new SslContextFactory.Client(insecure);
        // Compares the host name with the certificate; a certificate of anybody needs no name.
        factory.setEndpointIdentificationAlgorithm(insecure ? null : "HTTPS");
        if (!insecure && !caCerts.isBlank()) {
            factory.setTrustStore(authorities());
        }
        return factory;
    }

    private KeyStore authorities() throws OriginException {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            int number = 0;
            for (Certificate certificate :
                    CertificateFactory.getInstance("X.509")
                            .generateCertificates(
                                    new ByteArrayInputStream(
                                            caCerts.getBytes(StandardCharsets.UTF_8)))) {
                store.setCertificateEntry("ca-" + number++, certificate);
            }
            if (number == 0) {
                throw new OriginException(
                        Kind.TLS, "the CA certificates contain no certificate", false);
            }
            return store;
        } catch (GeneralSecurityException | IOException e) {
            if (e instanceof OriginException own) {
                throw own;
            }
            throw new OriginException(
                    Kind.TLS, "the CA certificates are not PEM certificates", false, e);
        }
    }
}
