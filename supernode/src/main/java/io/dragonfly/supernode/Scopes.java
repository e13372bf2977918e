// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.supernode;

import io.dragonfly.core.model.Blob;
import io.dragonfly.core.model.Check;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Arrays;
import java.util.List;

/// Which registries share the protected blobs that they both have, as the operator says. Without a
/// word of his, each shares only with itself.
///
/// @param groups of registries, each as scheme, host and port
record Scopes(List<List<String>> groups) {
    /// Converts one `--shared-registries`.
    static final class Group implements ITypeConverter<String> {
        @Override
        public String convert(String text) {
            try {
                var _ = group(text);
                return text;
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }

    static final Scopes NONE = new Scopes(List.of());

    /// @param groups each a list of registries with commas between them
    /// @throws IllegalArgumentException with a message for users
    static Scopes parse(List<String> groups) {
        return new Scopes(groups.stream().map(Scopes::group).toList());
    }

    Scopes {
        groups = groups.stream().map(List::copyOf).toList();
    }

    private static List<String> group(String text) {
        List<String> registries =
                Arrays.stream(text.split(",", -1)).map(part -> registry(part.strip())).toList();
        Check.argument(registries.size() > 1, "one registry alone shares nothing: %s", text);
        return registries;
    }

    /// Without a scheme it is `https`: who listens to a plain connection must not have what others
    /// protect.
    private static String registry(String text) {
        try {
            URI url = new URI(text.contains("://") ? text : "https://" + text);
            boolean known = "https".equals(url.getScheme()) || "http".equals(url.getScheme());
            boolean bare =
                    url.getRawPath().isEmpty()
                            && url.getRawQuery() == null
                            && url.getRawUserInfo() == null;
            if (known && bare && url.getHost() != null) {
                return Blob.registry(url);
            }
        } catch (URISyntaxException e) {
            // Said below.
        }
        throw new IllegalArgumentException(
                "a registry looks like a.b.com, a.b.com:5000 or http://a.b.com:5000, not: " + text);
    }

    /// What the registry shares with: a text that only those of its group have.
    String of(String registry) {
        for (List<String> group : groups) {
            if (group.contains(registry)) {
                return String.join(",", group.stream().sorted().toList());
            }
        }
        return registry;
    }
}
