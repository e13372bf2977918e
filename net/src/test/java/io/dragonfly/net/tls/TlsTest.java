// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.net.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dragonfly.origin.testing.TestCertificate;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.Base64;
import java.util.concurrent.atomic.AtomicLong;

import javax.net.ssl.SSLContext;

/// The files: which are understood, what is said about those that are not, and what happens when
/// they change.
@Timeout(60)
final class TlsTest {
    private static final String CERT = "cert.pem";
    private static final String KEY = "key.pem";
    private static final String CA = "ca.pem";

    @TempDir static Path made;
    private static Path rsa;
    private static Path curve;
    private static Path past;

    @TempDir Path directory;

    @BeforeAll
    static void make() throws IOException {
        rsa = made("rsa", "-keyalg", "RSA");
        curve = made("curve");
        past = made("past", "-startdate", "-3d", "-validity", "1");
    }

    private static Path made(String name, String... options) throws IOException {
        Path own = made.resolve(name);
        TestCertificate.create(made, "dns:localhost", options).write(own);
        return own;
    }

    private static Tls load(Path cert, Path key, Path ca) throws IOException {
        return Tls.load(cert, key, ca, () -> 0);
    }

    private void isRefused(Path cert, Path key, Path ca, Path named, String words) {
        assertThatThrownBy(() -> load(cert, key, ca))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(named + ": ")
                .hasMessageContaining(words)
                .message()
                .hasLineCount(1);
    }

    @ParameterizedTest
    @CsvSource({"true, RSA PRIVATE KEY", "false, EC PRIVATE KEY"})
    void theOlderFormsOfKeysAreRead(boolean isRsa, String kind) throws IOException {
        Path own = isRsa ? rsa : curve;
        Path older = directory.resolve(KEY);
        Files.writeString(older, "some text before it\n" + pem(kind, unwrapped(own.resolve(KEY))));
        assertThat(load(own.resolve(CERT), older, own.resolve(CA)).serves()).isTrue();
    }

    /// What stands in the last part of a PKCS #8 key, which is the older form.
    private static byte[] unwrapped(Path key) throws IOException {
        String text = Files.readString(key).replaceAll("-----[A-Z ]+-----", "");
        byte[] der = Base64.getMimeDecoder().decode(text);
        int at = 1 + lengthBytes(der, 1); // into the sequence
        at += 3; // behind the version
        at += 1 + lengthBytes(der, at + 1) + der[at + 1]; // behind the algorithm, a short one
        at += 1 + lengthBytes(der, at + 1); // into the octets
        return Arrays.copyOfRange(der, at, der.length);
    }

    private static int lengthBytes(byte[] der, int at) {
        return der[at] >= 0 ? 1 : 1 + (der[at] & 0x7f);
    }

    private static String pem(String kind, byte[] der) {
        return "-----BEGIN %1$s-----\n%2$s\n-----END %1$s-----\n"
                .formatted(kind, Base64.getMimeEncoder().encodeToString(der));
    }

    @Test
    void certificateAndKeyMayStandInOneFile() throws IOException {
        Path both = directory.resolve("both.pem");
        Files.writeString(
                both, Files.readString(curve.resolve(KEY)) + Files.readString(curve.resolve(CERT)));
        assertThat(load(both, both, curve.resolve(CA)).verifies()).isTrue();
    }

    @Test
    void whatIsWrongWithAFileIsSaidInOneLine() throws IOException {
        Path cert = curve.resolve(CERT);
        Path key = curve.resolve(KEY);
        Path ca = curve.resolve(CA);
        Path missing = directory.resolve("missing.pem");
        Path text = Files.writeString(directory.resolve("text.pem"), "hello\n");
        Path broken =
                Files.writeString(
                        directory.resolve("broken.pem"), pem("CERTIFICATE", new byte[] {1, 2, 3}));
        Path locked =
                Files.writeString(
                        directory.resolve("locked.pem"),
                        pem("ENCRYPTED PRIVATE KEY", new byte[] {1, 2, 3}));
        Path large = Files.write(directory.resolve("large.pem"), new byte[(1 << 20) + 1]);

        isRefused(missing, key, ca, missing, "no such file");
        isRefused(cert, missing, ca, missing, "no such file");
        isRefused(cert, key, missing, missing, "no such file");
        isRefused(directory, key, ca, directory, "cannot be read");
        isRefused(cert, key, text, text, "no PEM certificate");
        isRefused(key, key, ca, key, "no PEM certificate");
        isRefused(broken, key, ca, broken, "cannot be read");
        isRefused(cert, cert, ca, cert, "no PEM private key");
        isRefused(cert, locked, ca, locked, "has a password");
        isRefused(cert, rsa.resolve(KEY), ca, rsa.resolve(KEY), "no private key of");
        isRefused(large, key, ca, large, "larger than 1 MiB");
        isRefused(past.resolve(CERT), past.resolve(KEY), ca, past.resolve(CERT), "expired");
    }

    @Test
    void theKeyOfAnotherCertificateOfTheSameKindIsRefused() throws IOException {
        Path another = past.resolve(KEY);
        isRefused(curve.resolve(CERT), another, curve.resolve(CA), another, "not the key of");
    }

    @Test
    void changedFilesAreReadAgainAndBrokenOnesAreNot() throws IOException {
        AtomicLong now = new AtomicLong();
        for (String file : new String[] {CERT, KEY, CA}) {
            Files.copy(curve.resolve(file), directory.resolve(file));
        }
        Path cert = directory.resolve(CERT);
        Path key = directory.resolve(KEY);
        Tls tls = Tls.load(cert, key, directory.resolve(CA), now::get);
        SSLContext first = tls.context();

        Files.copy(rsa.resolve(CERT), cert, StandardCopyOption.REPLACE_EXISTING);
        assertThat(tls.context()).as("too early to look").isSameAs(first);
        now.addAndGet(Tls.LOOK_NANOS);
        assertThat(tls.context()).as("the key is still the old one").isSameAs(first);

        Files.copy(rsa.resolve(KEY), key, StandardCopyOption.REPLACE_EXISTING);
        now.addAndGet(Tls.LOOK_NANOS);
        SSLContext second = tls.context();
        assertThat(second).isNotSameAs(first);

        now.addAndGet(Tls.LOOK_NANOS);
        assertThat(tls.context()).as("nothing changed").isSameAs(second);
        Files.setLastModifiedTime(key, FileTime.fromMillis(0));
        now.addAndGet(Tls.LOOK_NANOS);
        assertThat(tls.context()).as("written once more").isNotSameAs(second);
    }
}
