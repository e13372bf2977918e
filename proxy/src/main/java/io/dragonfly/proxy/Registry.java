// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.proxy;

import io.dragonfly.core.model.Check;
import io.dragonfly.core.model.HostPort;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/// A registry whose images are pulled through this host's mirror.
///
/// @param name as image names begin: `docker.io`, `a.b.com:5000`; in lower case
/// @param remote scheme, host and port of its API
/// @param insecure whether to accept any certificate
/// @param caCerts PEM text of the authorities to trust instead of the system's; empty for none
/// @param direct whether its blobs do not go through the swarm
/// @param named whether the operator named it: only then may it be on this machine
public record Registry(
        String name, URI remote, boolean insecure, String caCerts, boolean direct, boolean named) {
    private static final int MAX_CA_BYTES = 1 << 20;

    public Registry {
        String scheme = String.valueOf(remote.getScheme());
        Check.argument(
                (scheme.equals("http") || scheme.equals("https")) && remote.getHost() != null,
                "registry %s: its remote must look like https://host[:port]",
                name);
        String path = String.valueOf(remote.getRawPath());
        Check.argument(
                remote.getRawUserInfo() == null
                        && remote.getRawQuery() == null
                        && (path.isEmpty() || path.equals("/") || path.equals("null")),
                "registry %s: its remote has a scheme, a host and a port, and nothing else",
                name);
    }

    /// One that nobody configured.
    static Registry unnamed(String name) {
        return new Registry(name, remoteOf(name), false, "", false, false);
    }

    /// Docker Hub's API is not where its name says.
    private static URI remoteOf(String name) {
        return URI.create(
                name.equals("docker.io") ? "https://registry-1.docker.io" : "https://" + name);
    }

    /// Parses what an operator writes: `NAME [remote=URL] [ca=FILE] [insecure] [direct]`, separated
    /// by spaces.
    ///
    /// @throws IllegalArgumentException with a message for users
    public static Registry parse(String text) {
        String[] words = text.strip().split("\\s+");
        String name = name(words[0]);
        URI remote = remoteOf(name);
        boolean insecure = false;
        boolean direct = false;
        String caCerts = "";
        for (int i = 1; i < words.length; i++) {
            String word = words[i];
            String value = word.substring(word.indexOf('=') + 1);
            switch (word.substring(0, word.length() - value.length())) {
                case "remote=" -> remote = url(name, value);
                case "ca=" -> caCerts = certificates(name, value);
                case "" -> {
                    switch (word) {
                        case "insecure" -> insecure = true;
                        case "direct" -> direct = true;
                        default -> throw unknown(name, word);
                    }
                }
                default -> throw unknown(name, word.substring(0, word.indexOf('=')));
            }
        }
        return new Registry(name, remote, insecure, caCerts, direct, true);
    }

    /// The name as it is compared.
    ///
    /// @throws IllegalArgumentException where it cannot stand at the beginning of an image's name
    static String name(String text) {
        String name = text.toLowerCase(Locale.ROOT);
        Check.argument(
                MirrorPath.isHost(name), "not the name of a registry, such as docker.io: %s", text);
        return switch (name) {
            case "index.docker.io", "registry-1.docker.io", "registry.hub.docker.com" ->
                    "docker.io";
            default -> name;
        };
    }

    private static URI url(String name, String value) {
        try {
            return URI.create(value.endsWith("/") ? value.substring(0, value.length() - 1) : value);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "registry " + name + ": not a URL: remote=" + value, e);
        }
    }

    private static String certificates(String name, String file) {
        try {
            Path path = Path.of(file);
            Check.argument(Files.size(path) <= MAX_CA_BYTES, "%s is larger than 1 MiB", path);
            return Files.readString(path);
        } catch (IOException | RuntimeException e) {
            throw new IllegalArgumentException(
                    "registry " + name + ": cannot read ca=" + file + " (" + e.getMessage() + ")",
                    e);
        }
    }

    private static IllegalArgumentException unknown(String name, String word) {
        return new IllegalArgumentException(
                "registry "
                        + name
                        + ": unknown setting '"
                        + word
                        + "' (remote=, ca=, insecure, direct are known)");
    }

    /// Host and port of its API.
    HostPort server() {
        int usual = remote.getScheme().equals("http") ? 80 : 443;
        return new HostPort(
                Upstreams.bare(remote.getHost()), remote.getPort() >= 0 ? remote.getPort() : usual);
    }

    /// Where a request goes that came for `path`.
    URI at(String rawPath) {
        return URI.create(remote.getScheme() + "://" + remote.getRawAuthority() + rawPath);
    }
}
