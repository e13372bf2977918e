// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.origin.testing;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/// A certificate and the authority that signed it, made by the keytool of the JDK that runs the
/// test.
public final class TestCertificate {
    private static final char[] PASSWORD = "changeit".toCharArray();

    private final KeyStore store;

    private TestCertificate(KeyStore store) {
        this.store = store;
    }

    /// @param directory for the key store
    /// @param names as keytool wants them: `dns:localhost,ip:127.0.0.1`
    /// @param more options of keytool, such as `-startdate -2y -validity 10`
    public static TestCertificate create(Path directory, String names, String... more)
            throws IOException {
        Path own = Files.createTempDirectory(directory, "certificate");
        Path file = own.resolve("store.p12");
        // A name of its own: equal names of different authorities would be confused.
        String name = "CN=dragonfly test " + own.getFileName();
        keytool(file, "ca", "-dname", name, "-ext", "bc=ca:true", "-validity", "3650");
        List<String> server =
                new ArrayList<>(
                        List.of("-dname", "CN=server", "-signer", "ca", "-ext", "san=" + names));
        server.addAll(Arrays.asList(more));
        keytool(file, "server", server.toArray(String[]::new));
        try {
            return new TestCertificate(KeyStore.getInstance(file.toFile(), PASSWORD));
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
    }

    private static void keytool(Path store, String alias, String... more) throws IOException {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "keytool")
                                        .toString(),
                                "-J-XX:TieredStopAtLevel=1",
                                "-genkeypair",
                                "-alias",
                                alias,
                                "-keyalg",
                                "EC",
                                "-storetype",
                                "PKCS12",
                                "-storepass",
                                new String(PASSWORD),
                                "-keystore",
                                store.toString()));
        command.addAll(Arrays.asList(more));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try (InputStream in = process.getInputStream()) {
            String output = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IOException("keytool failed: " + output);
            }
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    /// For a server that shows this certificate.
    public SSLContext server() {
        try {
            KeyManagerFactory keys =
                    KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(store, PASSWORD);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), null, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /// The authority, for a client that trusts it.
    public String pem() {
        try {
            return pem("CERTIFICATE", store.getCertificate("ca").getEncoded());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Writes the certificate, its key and the authority to `cert.pem`, `key.pem` and `ca.pem`.
    public void write(Path directory) throws IOException {
        try {
            Files.createDirectories(directory);
            Files.writeString(directory.resolve("ca.pem"), pem());
            Files.writeString(
                    directory.resolve("cert.pem"),
                    pem("CERTIFICATE", store.getCertificate("server").getEncoded()));
            Files.writeString(
                    directory.resolve("key.pem"),
                    pem("PRIVATE KEY", store.getKey("server", PASSWORD).getEncoded()));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String pem(String kind, byte[] der) {
        return "-----BEGIN %1$s-----%n%2$s%n-----END %1$s-----%n"
                .formatted(kind, Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der));
    }
}
