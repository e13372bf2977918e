// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.net.tls;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Locale;

import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/// Makes what the JDK wants out of three files.
final class Material {
    private static final char[] NO_PASSWORD = new char[0];

    private Material() {}

    /// @throws IOException with one line that names the file
    static SSLContext context(@Nullable Path cert, @Nullable Path key, @Nullable Path ca)
            throws IOException {
        KeyManager[] keys = cert == null || key == null ? new KeyManager[0] : keys(cert, key);
        TrustManager[] trust = {new Anybody()};
        if (ca != null) {
            trust = trust(ca);
        }
        try {
            SSLContext context = SSLContext.getInstance(Tls.PROTOCOL);
            context.init(keys, trust, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IOException("this Java has no " + Tls.PROTOCOL + ": " + e.getMessage(), e);
        }
    }

    private static KeyManager[] keys(Path cert, Path key) throws IOException {
        List<X509Certificate> chain = Pem.certificates(cert);
        X509Certificate own = chain.getFirst();
        try {
            own.checkValidity();
        } catch (CertificateExpiredException e) {
            throw new IOException(cert + ": the certificate expired on " + own.getNotAfter(), e);
        } catch (GeneralSecurityException e) {
            throw new IOException(
                    cert + ": the certificate is not valid before " + own.getNotBefore(), e);
        }
        PrivateKey secret = Pem.key(key, own.getPublicKey());
        if (!belong(secret, own.getPublicKey())) {
            throw new IOException(key + ": not the key of the certificate in " + cert);
        }
        try {
            KeyStore store = emptyStore();
            store.setKeyEntry("own", secret, NO_PASSWORD, chain.toArray(X509Certificate[]::new));
            KeyManagerFactory factory =
                    KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            factory.init(store, NO_PASSWORD);
            return factory.getKeyManagers();
        } catch (GeneralSecurityException e) {
            throw new IOException(cert + ": cannot be used: " + e.getMessage(), e);
        }
    }

    private static boolean belong(PrivateKey secret, PublicKey open) throws IOException {
        String name =
                switch (open.getAlgorithm()) {
                    case "RSA" -> "SHA256withRSA";
                    case "EC" -> "SHA256withECDSA";
                    default -> open.getAlgorithm();
                };
        byte[] text = name.getBytes(StandardCharsets.US_ASCII);
        try {
            Signature signature = Signature.getInstance(name);
            signature.initSign(secret);
            signature.update(text);
            byte[] signed = signature.sign();
            signature.initVerify(open);
            signature.update(text);
            return signature.verify(signed);
        } catch (InvalidKeyException | SignatureException _) {
            return false;
        } catch (GeneralSecurityException e) {
            throw new IOException(
                    "keys of the kind %s are not supported"
                            .formatted(name.toUpperCase(Locale.ROOT)),
                    e);
        }
    }

    private static TrustManager[] trust(Path ca) throws IOException {
        try {
            KeyStore store = emptyStore();
            int number = 0;
            for (X509Certificate authority : Pem.certificates(ca)) {
                store.setCertificateEntry("ca-" + number++, authority);
            }
            TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
            factory.init(store);
            return factory.getTrustManagers();
        } catch (GeneralSecurityException e) {
            throw new IOException(ca + ": cannot be used: " + e.getMessage(), e);
        }
    }

    private static KeyStore emptyStore() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }

    /// Believes everybody: who has no authority to ask can only see whether something answers.
    private static final class Anybody extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
