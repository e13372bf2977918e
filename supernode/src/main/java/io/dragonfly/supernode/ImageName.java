// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.supernode;

import io.dragonfly.core.model.Check;

import java.net.URI;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// An image as people name it: `ubuntu:22.04`, `a.b.com/team/app@sha256:…`, and for a registry
/// without TLS `http://a.b.com:5000/team/app`.
///
/// @param registry scheme, host and perhaps port, without a slash at the end
/// @param repository as the registry knows it
/// @param reference tag or digest
record ImageName(String registry, String repository, String reference) {
    private static final String PART = "[a-z0-9]+(?:(?:\\.|__?|-+)[a-z0-9]+)*";

    private static final Pattern NAME =
            Pattern.compile(
                    "(?:(https?)://)?(?:([a-zA-Z0-9.-]+(?::\\d{1,5})?|\\[[0-9a-fA-F:]+](?::\\d{1,5})?)/)?("
                            + PART
                            + "(?:/"
                            + PART
                            + ")*)(?::([\\w][\\w.-]{0,127}))?(?:@(sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128}))?");

    private static final int MAX = 600;

    /// @throws IllegalArgumentException with a message for users
    static ImageName parse(String text) {
        Matcher matcher = NAME.matcher(text.strip());
        Check.argument(
                text.length() <= MAX && matcher.matches(),
                "an image is named like ubuntu:22.04 or a.b.com/team/app@sha256:…, not: %s",
                text.length() > 100 ? text.substring(0, 100) + "…" : text);
        String scheme = matcher.group(1) == null ? "https" : matcher.group(1);
        String host = matcher.group(2) == null ? "" : matcher.group(2);
        String repository = matcher.group(3);
        boolean isHost =
                host.contains(".")
                        || host.contains(":")
                        || host.equals("localhost")
                        || matcher.group(1) != null;
        if (!host.isEmpty() && !isHost) {
            // The first part of a name at Docker Hub.
            repository = host + "/" + repository;
            host = "";
        }
        if (host.isEmpty() || host.equals("docker.io") || host.equals("index.docker.io")) {
            host = "registry-1.docker.io";
            repository = repository.contains("/") ? repository : "library/" + repository;
        }
        String reference =
                matcher.group(5) != null
                        ? matcher.group(5)
                        : matcher.group(4) != null ? matcher.group(4) : "latest";
        return new ImageName(scheme + "://" + host, repository, reference);
    }

    URI manifest(String of) {
        return URI.create(registry + "/v2/" + repository + "/manifests/" + of);
    }

    URI blob(String digest) {
        return URI.create(registry + "/v2/" + repository + "/blobs/" + digest);
    }

    @Override
    public String toString() {
        return registry + "/" + repository + (reference.contains(":") ? "@" : ":") + reference;
    }
}
