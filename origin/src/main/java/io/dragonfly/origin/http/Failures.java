// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.origin.http;

import io.dragonfly.core.model.HostPort;
import io.dragonfly.origin.OriginException;
import io.dragonfly.origin.OriginException.Kind;

import org.eclipse.jetty.client.HttpResponseException;
import org.eclipse.jetty.http.HttpException;
import org.jspecify.annotations.Nullable;

import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.security.cert.CertificateException;
import java.util.Optional;
import java.util.concurrent.TimeoutException;

import javax.net.ssl.SSLException;

/// Turns what Jetty and the JDK throw into one line that says what, where and what to do.
final class Failures {
    private Failures() {}

    /// A request that got no answer.
    static OriginException beforeHead(Hop hop, Optional<HostPort> proxy, Throwable failure) {
        String where = proxy.map(p -> "the proxy " + p).orElse(hop.hostPort().toString());
        HttpResponseException answer = find(failure, HttpResponseException.class);
        if (proxy.isPresent() && answer != null && tunnelRefused(answer)) {
            return tunnel(hop, where, answer.getResponse().getStatus(), failure);
        }
        Exception refused = find(failure, GuardedResolver.RefusedException.class);
        if (refused != null) {
            return new OriginException(
                    Kind.REFUSED,
                    "refused to connect to " + hop.hostPort() + ": " + refused.getMessage(),
                    false,
                    failure);
        }
        if (find(failure, UnknownHostException.class) != null
                || find(failure, UnresolvedAddressException.class) != null) {
            return network(
                    "the name of " + where + " cannot be resolved; check it and the DNS", failure);
        }
        if (find(failure, SocketTimeoutException.class) != null) {
            return network(
                    "no connection to " + where + " in time; check address, routes and firewalls",
                    failure);
        }
        if (find(failure, NoRouteToHostException.class) != null) {
            return network("no route to " + where + "; check address and firewalls", failure);
        }
        if (find(failure, ConnectException.class) != null) {
            return network(
                    "connection to " + where + " refused; check that a server runs there", failure);
        }
        if (find(failure, SSLException.class) != null
                || find(failure, CertificateException.class) != null) {
            return new OriginException(
                    Kind.TLS,
                    "no TLS with " + hop.hostPort() + ": " + tls(failure),
                    false,
                    failure);
        }
        if (find(failure, TimeoutException.class) != null) {
            return network(where + " did not answer in time", failure);
        }
        if (find(failure, HttpException.class) != null || answer != null) {
            return new OriginException(
                    Kind.PROTOCOL,
                    where + " did not answer in valid HTTP/1.1: " + line(root(failure)),
                    false,
                    failure);
        }
        return network(where + " closed the connection without an answer", failure);
    }

    /// A body that did not come to its end.
    static OriginException inBody(String what, long received, long promised, Throwable failure) {
        if (find(failure, HttpException.class) != null
                || find(failure, HttpResponseException.class) != null) {
            return new OriginException(
                    Kind.PROTOCOL,
                    "the answer of " + what + " is not valid HTTP/1.1: " + line(root(failure)),
                    false,
                    failure);
        }
        String why =
                find(failure, TimeoutException.class) != null
                        ? "no byte in time"
                        : "connection ended";
        return network(
                "the answer of "
                        + what
                        + " was cut off after "
                        + received
                        + (promised < 0 ? " bytes" : " of " + promised + " bytes")
                        + " ("
                        + why
                        + ")",
                failure);
    }

    private static boolean tunnelRefused(HttpResponseException answer) {
        return "CONNECT".equals(answer.getResponse().getRequest().getMethod())
                && answer.getResponse().getStatus() >= 300;
    }

    private static OriginException tunnel(Hop hop, String proxy, int status, Throwable failure) {
        String message =
                proxy
                        + " does not connect to "
                        + hop.hostPort()
                        + ": status "
                        + status
                        + (status == 407 ? "; check the credentials in https_proxy" : "");
        boolean server = status >= 500;
        Kind kind =
                status == 407 || status == 403 || status == 401
                        ? Kind.DENIED
                        : server ? Kind.UNAVAILABLE : Kind.STATUS;
        return new OriginException(kind, message, server, failure);
    }

    private static OriginException network(String message, Throwable failure) {
        return new OriginException(Kind.NETWORK, message, true, failure);
    }

    private static String tls(Throwable failure) {
        String all = messages(failure);
        if (all.contains("unable to find valid certification path")
                || all.contains("PKIX path building failed")
                || all.contains("Signature does not match")) {
            return "no trusted authority signed its certificate; give its CA, if it is your own";
        }
        if (all.contains("CertificateExpiredException") || all.contains("NotAfter")) {
            return "its certificate has expired";
        }
        if (all.contains("NotBefore")) {
            return "its certificate is not valid yet; check the clock";
        }
        if (all.contains("No subject alternative") || all.contains("No name matching")) {
            return "its certificate is for another host name";
        }
        if (all.contains("Unsupported or unrecognized SSL message")
                || all.contains("not an SSL/TLS record")
                || all.contains("plaintext")) {
            return "it does not speak TLS there; is http: meant?";
        }
        return line(root(failure));
    }

    private static String messages(Throwable failure) {
        StringBuilder text = new StringBuilder();
        int depth = 0;
        for (Throwable t = failure; t != null && depth < 20; t = t.getCause(), depth++) {
            text.append(t).append(' ');
        }
        return text.toString();
    }

    /// The first line of a message, without control characters and not too long: parts of it come
    /// from the server.
    private static String line(Throwable failure) {
        String message =
                failure.getMessage() == null
                        ? failure.getClass().getSimpleName()
                        : failure.getMessage();
        return clean(message.lines().findFirst().orElse(""));
    }

    /// Text of a server as it may be shown.
    static String clean(String text) {
        String printable = text.replaceAll("\\p{Cntrl}", " ").strip();
        return printable.length() > 120 ? printable.substring(0, 120) + "…" : printable;
    }

    private static Throwable root(Throwable failure) {
        Throwable root = failure;
        int depth = 0;
        while (root.getCause() != null && depth++ < 20) {
            root = root.getCause();
        }
        return root;
    }

    private static <T> @Nullable T find(Throwable failure, Class<T> type) {
        int depth = 0;
        for (Throwable t = failure; t != null && depth < 20; t = t.getCause(), depth++) {
            if (type.isInstance(t)) {
                return type.cast(t);
            }
        }
        return null;
    }
}
