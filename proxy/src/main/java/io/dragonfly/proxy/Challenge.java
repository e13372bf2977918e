// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.proxy;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// One way to show who one is, as a server offers it in `WWW-Authenticate` (RFC 9110, section
/// 11.6.1).
///
/// @param scheme as it was written
/// @param parameters by names in lower case, in their order
record Challenge(String scheme, Map<String, String> parameters) {
    /// Longer headers are not looked at.
    private static final int MAX_LENGTH = 8 << 10;

    private static final String TOKEN = "!#$%&'*+-.^_`|~";

    boolean is(String other) {
        return scheme.equalsIgnoreCase(other);
    }

    /// A parameter's value, or empty.
    String parameter(String name) {
        String value = parameters.get(name);
        return value == null ? "" : value;
    }

    /// The same with another value of a parameter.
    Challenge with(String name, String value) {
        Map<String, String> changed = new LinkedHashMap<>(parameters);
        changed.put(name, value);
        return new Challenge(scheme, changed);
    }

    /// As it stands in a header.
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(scheme);
        String before = " ";
        for (Map.Entry<String, String> parameter : parameters.entrySet()) {
            String value = parameter.getValue().replace("\\", "\\\\").replace("\"", "\\\"");
            text.append(before).append(parameter.getKey()).append("=\"").append(value).append('"');
            before = ",";
        }
        return text.toString();
    }

    /// All challenges of a header, as far as they can be understood. Never fails.
    static List<Challenge> parse(String header) {
        return header.length() > MAX_LENGTH ? List.of() : new Parser(header).challenges();
    }

    private static final class Parser {
        private final String text;
        private int at;

        Parser(String text) {
            this.text = text;
        }

        List<Challenge> challenges() {
            List<Challenge> all = new ArrayList<>();
            skip(" \t,");
            while (at < text.length()) {
                String scheme = token();
                if (scheme.isEmpty()) {
                    return all; // nonsense from here on
                }
                Map<String, String> parameters = new LinkedHashMap<>();
                skip(" \t");
                boolean more = !skipToken68();
                while (more) {
                    skip(" \t,");
                    more = parameter(parameters);
                }
                all.add(new Challenge(scheme, parameters));
                skip(" \t,");
            }
            return all;
        }

        /// Takes `name = value`, or leaves the place where it is.
        private boolean parameter(Map<String, String> parameters) {
            int begin = at;
            String name = token();
            skip(" \t");
            if (name.isEmpty() || at >= text.length() || text.charAt(at) != '=') {
                at = begin;
                return false;
            }
            at++;
            skip(" \t");
            String value = value();
            if (value == null) {
                at = begin;
                return false;
            }
            parameters.putIfAbsent(name.toLowerCase(Locale.ROOT), value);
            return true;
        }

        private @Nullable String value() {
            if (at < text.length() && text.charAt(at) == '"') {
                return quoted();
            }
            String token = token();
            return token.isEmpty() ? null : token;
        }

        private String quoted() {
            StringBuilder value = new StringBuilder();
            at++;
            while (at < text.length() && text.charAt(at) != '"') {
                if (text.charAt(at) == '\\' && at + 1 < text.length()) {
                    at++;
                }
                value.append(text.charAt(at++));
            }
            at = Math.min(text.length(), at + 1);
            return value.toString();
        }

        /// `Negotiate abc==` has no parameters, but something that is none.
        private boolean skipToken68() {
            int end = at;
            while (end < text.length() && (isToken(text.charAt(end)) || text.charAt(end) == '/')) {
                end++;
            }
            boolean some = end > at;
            while (end < text.length() && text.charAt(end) == '=') {
                end++;
            }
            while (end < text.length() && text.charAt(end) == ' ') {
                end++;
            }
            if (some && (end == text.length() || text.charAt(end) == ',')) {
                at = end;
                return true;
            }
            return false;
        }

        private String token() {
            int begin = at;
            while (at < text.length() && isToken(text.charAt(at))) {
                at++;
            }
            return text.substring(begin, at);
        }

        private static boolean isToken(char c) {
            return (c >= 'a' && c <= 'z')
                    || (c >= 'A' && c <= 'Z')
                    || (c >= '0' && c <= '9')
                    || TOKEN.indexOf(c) >= 0;
        }

        private void skip(String characters) {
            while (at < text.length() && characters.indexOf(text.charAt(at)) >= 0) {
                at++;
            }
        }
    }
}
