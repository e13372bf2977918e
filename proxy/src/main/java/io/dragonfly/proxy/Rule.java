// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.proxy;

import io.dragonfly.core.model.Check;
import io.dragonfly.core.model.HostPort;

import org.jspecify.annotations.Nullable;

import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/// What is done with the requests of the HTTP proxy whose URL matches.
///
/// @param way how their contents come
/// @param redirect host, and port where one is given, to ask instead; null: the URL's own
/// @param useHttps whether to ask by https where the URL says http
/// @param url found anywhere in the URL
public record Rule(Way way, @Nullable HostPort redirect, boolean useHttps, Pattern url) {
    /// How contents come.
    public enum Way {
        /// Through the swarm.
        P2P,
        /// From the server.
        DIRECT,
        /// Layers of images through the swarm, all else from the server: as without a rule.
        USUAL
    }

    /// Parses what an operator writes: words out of `p2p`, `direct`, `redirect=HOST[:PORT]`,
    /// `use-https`, and the regular expression last, separated by spaces.
    ///
    /// @throws IllegalArgumentException with a message for users
    public static Rule parse(String text) {
        String[] words = text.strip().split("\\s+");
        Check.argument(
                words.length >= 2,
                "a proxy rule is one or more of p2p, direct, redirect=HOST, use-https, and then a"
                        + " regular expression: %s",
                text);
        Way way = Way.USUAL;
        HostPort redirect = null;
        boolean useHttps = false;
        for (int i = 0; i < words.length - 1; i++) {
            String word = words[i];
            if (word.startsWith("redirect=")) {
                redirect = HostPort.parse(word.substring("redirect=".length()), 0);
                continue;
            }
            switch (word) {
                case "p2p" -> way = Way.P2P;
                case "direct" -> way = Way.DIRECT;
                case "use-https" -> useHttps = true;
                default ->
                        throw new IllegalArgumentException(
                                "proxy rule: unknown word '"
                                        + word
                                        + "' (p2p, direct, redirect=HOST, use-https are known)");
            }
        }
        return new Rule(way, redirect, useHttps, pattern(words[words.length - 1]));
    }

    private static Pattern pattern(String text) {
        try {
            return Pattern.compile(text);
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException(
                    "proxy rule: not a regular expression: " + text + ": " + e.getDescription(), e);
        }
    }
}
