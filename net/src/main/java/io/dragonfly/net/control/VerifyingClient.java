// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.net.control;

import io.dragonfly.net.tls.Tls;

import org.eclipse.jetty.util.ssl.SslContextFactory;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;

/// Believes a supernode that has a certificate of the authority for the host that it was called by.
/// Takes the certificates of the moment for each connection.
final class VerifyingClient extends SslContextFactory.Client {
    private final Tls tls;

    VerifyingClient(Tls tls) {
        this.tls = tls;
        setSslContext(tls.context());
    }

    @Override
    public SSLEngine newSSLEngine(String host, int port) {
        SSLEngine engine = tls.clientEngine(host, port);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        engine.setSSLParameters(parameters);
        return engine;
    }
}
