// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.net.tls;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Certificates and private keys in the text form that everybody has them in. Every error is one
/// line with the name of the file.
final class Pem {
    private static final long MAX_BYTES = 1 << 20;
    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([^-]*)-----END \\1-----");

    private static final int SEQUENCE = 0x30;
    private static final int OCTETS = 0x04;
    private static final byte[] VERSION_0 = {0x02, 0x01, 0x00};

    private Pem() {}

    private static final class Part {
        final String kind;
        final byte[] der;

        Part(String kind, byte[] der) {
            this.kind = kind;
            this.der = der;
        }
    }

    /// At least one certificate, in the order of the file.
    static List<X509Certificate> certificates(Path file) throws IOException {
        List<X509Certificate> certificates = new ArrayList<>();
        for (Part part : parts(file)) {
            if (part.kind.equals("CERTIFICATE")) {
                certificates.add(certificate(file, part.der));
            }
        }
        if (certificates.isEmpty()) {
            throw new IOException(file + ": there is no PEM certificate in it");
        }
        return certificates;
    }

    private static X509Certificate certificate(Path file, byte[] der) throws IOException {
        try {
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509")
                            .generateCertificate(new ByteArrayInputStream(der));
        } catch (GeneralSecurityException e) {
            throw new IOException(file + ": a certificate in it cannot be read", e);
        }
    }

    /// The private key of a file: PKCS #8, or the older forms for RSA and elliptic curves.
    ///
    /// @param of the public key that it belongs to; the older forms say less about themselves
    static PrivateKey key(Path file, PublicKey of) throws IOException {
        for (Part part : parts(file)) {
            switch (part.kind) {
                case "PRIVATE KEY" -> {
                    return key(file, part.der, of);
                }
                case "RSA PRIVATE KEY", "EC PRIVATE KEY" -> {
                    return key(file, wrapped(part.der, of), of);
                }
                case "ENCRYPTED PRIVATE KEY" ->
                        throw new IOException(
                                file + ": the private key has a password; give one without");
                default -> {} // `EC PARAMETERS`, a certificate: many files hold more than the key
            }
        }
        throw new IOException(file + ": there is no PEM private key in it");
    }

    private static PrivateKey key(Path file, byte[] pkcs8, PublicKey of) throws IOException {
        try {
            return KeyFactory.getInstance(of.getAlgorithm())
                    .generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
        } catch (GeneralSecurityException e) {
            throw new IOException(
                    "%s: no private key of the certificate's kind (%s)"
                            .formatted(file, of.getAlgorithm()),
                    e);
        }
    }

    /// The older forms are what PKCS #8 wraps together with the algorithm, and that one stands in
    /// the public key too.
    private static byte[] wrapped(byte[] key, PublicKey of) {
        byte[] spki = of.getEncoded();
        int start = 1 + lengthBytes(spki, 1);
        int end = start + 1 + lengthBytes(spki, start + 1) + length(spki, start + 1);
        byte[] algorithm = Arrays.copyOfRange(spki, start, end);
        return der(SEQUENCE, VERSION_0, algorithm, der(OCTETS, key));
    }

    private static int lengthBytes(byte[] der, int at) {
        return der[at] >= 0 ? 1 : 1 + (der[at] & 0x7f);
    }

    private static int length(byte[] der, int at) {
        if (der[at] >= 0) {
            return der[at];
        }
        int length = 0;
        for (int i = 1; i <= (der[at] & 0x7f); i++) {
            length = length << 8 | Byte.toUnsignedInt(der[at + i]);
        }
        return length;
    }

    private static byte[] der(int tag, byte[]... contents) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int length = Arrays.stream(contents).mapToInt(c -> c.length).sum();
        out.write(tag);
        if (length < 128) {
            out.write(length);
        } else {
            int bytes = length < 256 ? 1 : length < 65_536 ? 2 : 3;
            out.write(0x80 | bytes);
            for (int i = bytes - 1; i >= 0; i--) {
                out.write(length >> (8 * i));
            }
        }
        for (byte[] content : contents) {
            out.writeBytes(content);
        }
        return out.toByteArray();
    }

    private static List<Part> parts(Path file) throws IOException {
        Matcher matcher = BLOCK.matcher(text(file));
        List<Part> parts = new ArrayList<>();
        while (matcher.find()) {
            try {
                String kind = matcher.group(1);
                parts.add(new Part(kind, Base64.getMimeDecoder().decode(matcher.group(2))));
            } catch (IllegalArgumentException e) {
                throw new IOException(file + ": a PEM part of it is damaged", e);
            }
        }
        return parts;
    }

    private static String text(Path file) throws IOException {
        long size;
        String text;
        try {
            size = Files.size(file);
            // One char for each byte: a file that is no text at all is no error of its own.
            text = size > MAX_BYTES ? "" : Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (NoSuchFileException e) {
            throw new IOException(file + ": no such file", e);
        } catch (AccessDeniedException e) {
            throw new IOException(file + ": permission denied", e);
        } catch (IOException e) {
            throw new IOException(file + ": cannot be read", e);
        }
        if (size > MAX_BYTES) {
            throw new IOException(file + ": larger than 1 MiB, not a PEM file");
        }
        return text;
    }
}
