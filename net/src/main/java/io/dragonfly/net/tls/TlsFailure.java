// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.net.tls;

import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.Optional;

import javax.net.ssl.SSLException;

/// Says in the words of people why TLS did not come about.
public final class TlsFailure {
    /// What somebody without TLS is told who finds it.
    public static final String SPEAKS_TLS =
            "it speaks TLS: set tls-ca (and tls-cert, tls-key) on this side";

    private static final String NO_TLS =
            ": set tls-cert and tls-key there, or leave out tls-ca here";

    private static final int MAX_CAUSES = 10;

    private TlsFailure() {}

    /// One line about a failure of TLS, seen from this side; empty where it is none.
    public static Optional<String> text(Throwable failure) {
        Throwable cause = failure;
        String text = null;
        for (int i = 0; cause != null && i < MAX_CAUSES; i++) {
            String more =
                    switch (cause) {
                        case NotTlsException e -> e.getMessage() + NO_TLS;
                        case CertificateExpiredException _ -> "its certificate has expired";
                        case CertificateNotYetValidException _ ->
                                "its certificate is not valid yet: look at the clocks";
                        case CertificateException e when isName(e) ->
                                "its certificate is for another host: " + e.getMessage();
                        case CertPathBuilderException _, CertPathValidatorException _ ->
                                "its certificate is not signed by the authority of tls-ca";
                        case SSLException e -> alert(String.valueOf(e.getMessage()));
                        default -> null;
                    };
            // What is further in says it better.
            text = more == null ? text : more;
            cause = cause.getCause();
        }
        return Optional.ofNullable(text);
    }

    private static boolean isName(CertificateException e) {
        String message = String.valueOf(e.getMessage());
        return message.contains("subject alternative") || message.contains("No name matching");
    }

    private static String alert(String message) {
        if (message.contains("Unsupported or unrecognized SSL message")
                || message.startsWith("Unrecognized SSL message")) {
            return "it does not speak TLS" + NO_TLS;
        }
        if (message.endsWith("certificate_required") || message.endsWith("bad_certificate")) {
            return "it wants a certificate of this host: set tls-cert and tls-key";
        }
        if ((message.contains("fatal alert") && message.contains("certificate"))
                || message.endsWith("unknown_ca")) {
            return "it does not accept this host's certificate (" + word(message) + ")";
        }
        if (message.endsWith("protocol_version")) {
            return "it does not speak " + Tls.PROTOCOL;
        }
        return "no TLS connection: " + message.lines().findFirst().orElse("").strip();
    }

    private static String word(String message) {
        return message.substring(message.lastIndexOf(' ') + 1);
    }
}
