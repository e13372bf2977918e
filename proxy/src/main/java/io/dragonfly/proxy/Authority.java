// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.proxy;

import io.dragonfly.core.model.Check;
import io.dragonfly.origin.Network;

import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Locale;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/// The authority of one host, by which this daemon makes certificates for the hosts whose tunnels
/// it reads. The authority itself says for which hosts it may, and clients refuse it for all
/// others. Immutable.
public final class Authority {
    /// Life of a certificate for a host.
    static final Duration LEAF = Duration.ofHours(24);

    /// Longest life of an authority.
    public static final Duration LONGEST = Duration.ofDays(366);

    /// For clocks that are behind.
    private static final Duration BEFORE = Duration.ofHours(1);

    private static final String SIGNATURE = "SHA256withECDSA";
    private static final int SERIAL_BITS = 127;

    private final X509Certificate certificate;
    private final PrivateKey key;

    private Authority(X509Certificate certificate, PrivateKey key) {
        this.certificate = certificate;
        this.key = key;
    }

    /// Makes a new one.
    ///
    /// @param name shown to people
    /// @param hosts that it may sign for: names, `*.example.com`, addresses. A name stands for all
    ///   below it, too
    /// @throws IllegalArgumentException with a message for users
    public static Authority create(String name, List<String> hosts, Duration life, Instant now) {
        Check.argument(!hosts.isEmpty(), "an authority without hosts is of no use");
        Check.argument(
                life.isPositive() && life.compareTo(LONGEST) <= 0,
                "an authority lives a year at most");
        try {
            KeyPair pair = keys();
            X500Name subject = new X500NameBuilder().addRDN(BCStyle.CN, name).build();
            X509v3CertificateBuilder builder =
                    new JcaX509v3CertificateBuilder(
                            subject,
                            serial(),
                            Date.from(now.minus(BEFORE)),
                            Date.from(now.plus(life)),
                            subject,
                            pair.getPublic());
            JcaX509ExtensionUtils utils = new JcaX509ExtensionUtils();
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
            builder.addExtension(
                    Extension.keyUsage,
                    true,
                    new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
            builder.addExtension(
                    Extension.extendedKeyUsage,
                    false,
                    new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth));
            builder.addExtension(Extension.nameConstraints, true, constraints(hosts));
            builder.addExtension(
                    Extension.subjectKeyIdentifier,
                    false,
                    utils.createSubjectKeyIdentifier(pair.getPublic()));
            return new Authority(signed(builder, pair.getPrivate()), pair.getPrivate());
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("cannot make an authority", e);
        }
    }

    /// @throws IllegalArgumentException with a message for users, where it is no authority and its
    ///   key
    public static Authority of(String certificatePem, String keyPem) {
        try {
            X509Certificate certificate =
                    (X509Certificate)
                            CertificateFactory.getInstance("X.509")
                                    .generateCertificate(
                                            new ByteArrayInputStream(
                                                    certificatePem.getBytes(
                                                            StandardCharsets.UTF_8)));
            Check.argument(
                    certificate.getBasicConstraints() >= 0,
                    "the certificate is no authority: make one with dfdaemon gen-ca");
            Check.argument(
                    certificate.getExtensionValue(Extension.nameConstraints.getId()) != null,
                    "the authority may sign for any host: make one with dfdaemon gen-ca");
            String base64 = keyPem.replaceAll("-----[A-Z ]+-----|\\s", "");
            PrivateKey key =
                    KeyFactory.getInstance("EC")
                            .generatePrivate(
                                    new PKCS8EncodedKeySpec(Base64.getDecoder().decode(base64)));
            return new Authority(certificate, key);
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException(
                    "not an authority and its key as gen-ca makes it", e);
        }
    }

    /// Whether clients believe its certificate for a host, or for all below `*.example.com`.
    boolean covers(String host) {
        String bare = Upstreams.bare(host.toLowerCase(Locale.ROOT));
        String name = bare.startsWith("*.") ? bare.substring(2) : bare;
        byte[] extension = certificate.getExtensionValue(Extension.nameConstraints.getId());
        NameConstraints constraints =
                NameConstraints.getInstance(ASN1OctetString.getInstance(extension).getOctets());
        GeneralSubtree[] permitted = constraints.getPermittedSubtrees();
        return permitted != null
                && Arrays.stream(permitted).anyMatch(tree -> covers(tree.getBase(), name));
    }

    private static boolean covers(GeneralName permitted, String host) {
        return switch (permitted.getTagNo()) {
            case GeneralName.dNSName -> {
                String domain = permitted.getName().toString().toLowerCase(Locale.ROOT);
                yield !isAddress(host) && (host.equals(domain) || host.endsWith("." + domain));
            }
            case GeneralName.iPAddress -> {
                byte[] both = ASN1OctetString.getInstance(permitted.getName()).getOctets();
                yield isAddress(host)
                        && new Network(
                                        address(Arrays.copyOf(both, both.length / 2)),
                                        both[both.length - 1] == 0 ? 0 : both.length * 4)
                                .contains(host);
            }
            default -> false;
        };
    }

    private static InetAddress address(byte[] bytes) {
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("the authority's constraints are no addresses", e);
        }
    }

    /// Until when it is believed.
    public Instant end() {
        return certificate.getNotAfter().toInstant();
    }

    /// For engines that are to believe it.
    public String certificatePem() {
        try {
            return pem("CERTIFICATE", certificate.getEncoded());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("it was encoded before", e);
        }
    }

    /// For nobody but this host's daemon.
    public String keyPem() {
        return pem("PRIVATE KEY", key.getEncoded());
    }

    /// A certificate for a host with its key.
    record Leaf(X509Certificate certificate, PrivateKey key, X509Certificate authority) {
        /// For a server that shows it.
        SSLContext context() throws GeneralSecurityException, IOException {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            char[] none = new char[0];
            store.setKeyEntry("leaf", key, none, new X509Certificate[] {certificate, authority});
            KeyManagerFactory managers =
                    KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            managers.init(store, none);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(managers.getKeyManagers(), null, null);
            return context;
        }
    }

    /// Makes a certificate for a host, good for [#LEAF]. Takes processor time.
    Leaf leaf(String host, Instant now) throws GeneralSecurityException, IOException {
        KeyPair pair = keys();
        // No common name: some take it for a host's where no other name is one.
        X500Name subject = new X500NameBuilder().addRDN(BCStyle.O, "dfdaemon").build();
        Instant end = now.plus(LEAF).isBefore(end()) ? now.plus(LEAF) : end();
        X509v3CertificateBuilder builder =
                new JcaX509v3CertificateBuilder(
                        certificate,
                        serial(),
                        Date.from(now.minus(BEFORE)),
                        Date.from(end),
                        subject,
                        pair.getPublic());
        int kind = isAddress(host) ? GeneralName.iPAddress : GeneralName.dNSName;
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
        builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
        builder.addExtension(
                Extension.extendedKeyUsage,
                false,
                new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth));
        builder.addExtension(
                Extension.subjectAlternativeName,
                true,
                new GeneralNames(new GeneralName(kind, host)));
        builder.addExtension(
                Extension.authorityKeyIdentifier,
                false,
                new JcaX509ExtensionUtils().createAuthorityKeyIdentifier(certificate));
        return new Leaf(signed(builder, key), pair.getPrivate(), certificate);
    }

    private static NameConstraints constraints(List<String> hosts) {
        List<GeneralSubtree> permitted = new ArrayList<>();
        List<GeneralSubtree> excluded = new ArrayList<>();
        boolean anyName = false;
        boolean anyAddress = false;
        for (String host : hosts) {
            String bare = Upstreams.bare(host.toLowerCase(Locale.ROOT));
            if (isAddress(bare)) {
                anyAddress = true;
                byte[] address = InetAddress.ofLiteral(bare).getAddress();
                permitted.add(network(address, (byte) 0xff));
            } else {
                anyName = true;
                String domain = bare.startsWith("*.") ? bare.substring(2) : bare;
                Check.argument(
                        MirrorPath.isHost(domain) && domain.indexOf(':') < 0,
                        "not a host name: %s",
                        host);
                permitted.add(new GeneralSubtree(new GeneralName(GeneralName.dNSName, domain)));
            }
        }
        // A kind of names that is not mentioned would be free.
        if (!anyAddress) {
            excluded.add(network(new byte[4], (byte) 0));
            excluded.add(network(new byte[16], (byte) 0));
        }
        if (!anyName) {
            // Nobody has names below it; an empty name, which is all of them, Java cannot read.
            permitted.add(new GeneralSubtree(new GeneralName(GeneralName.dNSName, "invalid")));
        }
        return new NameConstraints(
                permitted.toArray(GeneralSubtree[]::new),
                excluded.isEmpty() ? null : excluded.toArray(GeneralSubtree[]::new));
    }

    /// An address and a mask of as many bytes, all alike.
    private static GeneralSubtree network(byte[] address, byte mask) {
        byte[] both = Arrays.copyOf(address, 2 * address.length);
        Arrays.fill(both, address.length, both.length, mask);
        return new GeneralSubtree(new GeneralName(GeneralName.iPAddress, new DEROctetString(both)));
    }

    private static boolean isAddress(String host) {
        try {
            return InetAddress.ofLiteral(host) != null;
        } catch (IllegalArgumentException _) {
            return false;
        }
    }

    private static KeyPair keys() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        return generator.generateKeyPair();
    }

    /// From the key generator's own source of randomness: a serial number is a hash of a fresh key.
    private static BigInteger serial() throws GeneralSecurityException {
        byte[] hash =
                java.security.MessageDigest.getInstance("SHA-256")
                        .digest(keys().getPublic().getEncoded());
        return new BigInteger(1, hash).shiftRight(256 - SERIAL_BITS).setBit(0);
    }

    private static X509Certificate signed(X509v3CertificateBuilder builder, PrivateKey key)
            throws GeneralSecurityException {
        try {
            return new JcaX509CertificateConverter()
                    .getCertificate(
                            builder.build(new JcaContentSignerBuilder(SIGNATURE).build(key)));
        } catch (OperatorCreationException e) {
            throw new GeneralSecurityException(e);
        }
    }

    private static String pem(String kind, byte[] der) {
        String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
        return "-----BEGIN " + kind + "-----\n" + text + "\n-----END " + kind + "-----\n";
    }
}
