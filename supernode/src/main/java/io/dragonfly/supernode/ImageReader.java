// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.supernode;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import io.dragonfly.core.model.Digest;
import io.dragonfly.core.model.Header;
import io.dragonfly.core.model.TaskSpec;
import io.dragonfly.origin.OriginException;
import io.dragonfly.origin.OriginException.Kind;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.URI;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/// Finds out of which blobs an image consists, by asking its registry: follows a tag, a manifest
/// list or an OCI index. Used by one thread.
final class ImageReader {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MAX_MANIFEST = 4 << 20;
    private static final int MAX_MANIFESTS = 200;

    /// Of all platforms together.
    private static final int MAX_BLOBS = 2000;

    private static final String ACCEPT =
            "application/vnd.oci.image.index.v1+json,"
                    + "application/vnd.docker.distribution.manifest.list.v2+json,"
                    + "application/vnd.oci.image.manifest.v1+json,"
                    + "application/vnd.docker.distribution.manifest.v2+json";

    /// A blob of an image.
    ///
    /// @param size bytes, as the manifest says
    record Part(Digest digest, long size) {}

    private final ImageName image;
    private final Preheat.Order order;
    private final RegistryLogin login;
    private final RegistryLogin.Fetch fetch;
    private volatile @Nullable String authorization;

    ImageReader(
            ImageName image, Preheat.Order order, RegistryLogin login, RegistryLogin.Fetch fetch) {
        this.image = image;
        this.order = order;
        this.login = login;
        this.fetch = fetch;
    }

    /// All blobs of the platforms that are wanted, each once.
    ///
    /// @throws OriginException where the registry does not give the manifests, or they are none
    List<Part> parts() throws OriginException {
        Map<Digest, Part> parts = new LinkedHashMap<>();
        JsonNode first = manifest(image.reference());
        if (!first.has("manifests")) {
            add(first, parts);
            return List.copyOf(parts.values());
        }
        int taken = 0;
        TreeSet<String> offered = new TreeSet<>();
        for (JsonNode entry : first.path("manifests")) {
            String platform = platform(entry.path("platform"));
            offered.add(platform);
            if (wanted(platform)) {
                if (++taken > MAX_MANIFESTS) {
                    throw bad("has more than " + MAX_MANIFESTS + " manifests");
                }
                add(manifest(digest(entry).toString()), parts);
            }
        }
        if (taken == 0) {
            throw new OriginException(
                    Kind.NOT_FOUND,
                    image + " is not there for " + order.platforms() + ", but for " + offered,
                    false);
        }
        return List.copyOf(parts.values());
    }

    private boolean wanted(String platform) {
        return order.platforms().isEmpty()
                || order.platforms().stream()
                        .anyMatch(p -> platform.equals(p) || platform.startsWith(p + "/"));
    }

    private static String platform(JsonNode platform) {
        String variant = platform.path("variant").asText("");
        return platform.path("os").asText("unknown")
                + "/"
                + platform.path("architecture").asText("unknown")
                + (variant.isEmpty() ? "" : "/" + variant);
    }

    private void add(JsonNode manifest, Map<Digest, Part> parts) throws OriginException {
        List<JsonNode> entries = new ArrayList<>();
        entries.add(manifest.path("config"));
        manifest.path("layers").forEach(entries::add);
        for (JsonNode entry : entries) {
            if (entry.has("urls")) {
                continue; // foreign layers lie elsewhere, and engines fetch them from there
            }
            Digest digest = digest(entry);
            parts.put(digest, new Part(digest, Math.max(0, entry.path("size").asLong())));
            if (parts.size() > MAX_BLOBS) {
                throw bad("has more than " + MAX_BLOBS + " layers");
            }
        }
    }

    private Digest digest(JsonNode entry) throws OriginException {
        try {
            Digest digest = Digest.parse(entry.path("digest").asText(""));
            if (WholeCheck.proves(digest)) {
                return digest;
            }
        } catch (IllegalArgumentException e) {
            // Said below.
        }
        throw bad("has a manifest that is none of Docker's schema 2 or OCI's");
    }

    private OriginException bad(String why) {
        return new OriginException(Kind.PROTOCOL, image + " " + why, false);
    }

    private JsonNode manifest(String reference) throws OriginException {
        byte[] bytes = fetched(image.manifest(reference));
        if (reference.contains(":") && !reference.equals(digestOf(reference, bytes))) {
            throw new OriginException(
                    Kind.MISMATCH, image + ": a manifest is not what its digest says", false);
        }
        try {
            JsonNode manifest = JSON.readTree(bytes);
            if (manifest != null && manifest.path("schemaVersion").asInt() == 2) {
                return manifest;
            }
        } catch (IOException e) {
            // Said below.
        }
        throw bad("has a manifest that is none of Docker's schema 2 or OCI's");
    }

    private static String digestOf(String reference, byte[] bytes) {
        Digest wanted = Digest.parse(reference);
        try {
            MessageDigest digest = MessageDigest.getInstance(wanted.algorithm().jcaName());
            String hex = HexFormat.of().formatHex(digest.digest(bytes));
            return new Digest(wanted.algorithm(), hex).toString();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has " + wanted.algorithm(), e);
        }
    }

    private byte[] fetched(URI url) throws OriginException {
        try {
            return fetch.fetch(spec(url, null), MAX_MANIFEST);
        } catch (OriginException e) {
            if (!logIn(spec(url, null), e)) {
                throw e;
            }
            return fetch.fetch(spec(url, null), MAX_MANIFEST);
        }
    }

    /// Takes from a refusal what the registry wants to see.
    ///
    /// @return whether there is something to show that was not shown
    boolean logIn(TaskSpec asked, OriginException refusal) throws OriginException {
        if (refusal.kind() != Kind.DENIED || refusal.challenge().isEmpty()) {
            return false;
        }
        String next = login.authorization(asked, refusal.challenge(), order.credentials());
        if (next == null || next.equals(authorization)) {
            return false;
        }
        authorization = next;
        return true;
    }

    /// The request for one blob, with what the registry wanted to see last.
    TaskSpec blob(Part part) {
        return spec(image.blob(part.digest().toString()), part.digest());
    }

    private TaskSpec spec(URI url, @Nullable Digest digest) {
        List<Header> headers = new ArrayList<>(order.headers());
        if (digest == null) {
            headers.removeIf(h -> h.name().equalsIgnoreCase("Accept"));
            headers.add(new Header("Accept", ACCEPT));
        }
        String shown = authorization;
        if (shown != null) {
            headers.removeIf(h -> h.name().equalsIgnoreCase("Authorization"));
            headers.add(new Header("Authorization", shown));
        }
        return new TaskSpec(url, headers, List.of(), "", digest, order.insecure(), "");
    }
}
