// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.dfget;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/// Finds a host's credentials in the text of a `.netrc` file.
final class Netrc {
    private Netrc() {}

    record Login(String user, String password) {
        @Override
        public String toString() {
            return "Login[***]";
        }
    }

    /// The entry of the host, else the `default` entry, else null. Entries without a login name or
    /// a password are passed over, as are unknown words.
    static @Nullable Login find(String text, String host) {
        List<String> words = words(text);
        String user = null;
        String password = null;
        boolean wanted = false;
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            String next = i + 1 < words.size() ? words.get(i + 1) : "";
            switch (word) {
                case "machine", "default" -> {
                    if (user != null && password != null) {
                        return new Login(user, password);
                    }
                    user = null;
                    password = null;
                    wanted = word.equals("default") || next.equalsIgnoreCase(host);
                    i += word.equals("default") ? 0 : 1;
                }
                case "login" -> {
                    user = wanted ? next : user;
                    i++;
                }
                case "password" -> {
                    password = wanted ? next : password;
                    i++;
                }
                case "account" -> i++;
                default -> {}
            }
        }
        return user != null && password != null ? new Login(user, password) : null;
    }

    /// Words, in quotes or not; comments and macro definitions (up to an empty line) are left out.
    private static List<String> words(String text) {
        List<String> words = new ArrayList<>();
        boolean macro = false;
        for (String line : text.split("\n", -1)) {
            if (macro) {
                macro = !line.isBlank();
            } else {
                macro = addWords(line, words);
            }
        }
        return words;
    }

    /// Whether a macro definition begins in the line.
    private static boolean addWords(String line, List<String> words) {
        int at = 0;
        int before = words.size();
        while (at < line.length()) {
            char c = line.charAt(at);
            if (c <= ' ') {
                at++;
                continue;
            }
            // Elsewhere '#' is a letter: it may begin a password.
            if (c == '#' && words.size() == before) {
                return false;
            }
            StringBuilder word = new StringBuilder();
            at = c == '"' ? quoted(line, at + 1, word) : bare(line, at, word);
            if (word.toString().equals("macdef")) {
                return true;
            }
            words.add(word.toString());
        }
        return false;
    }

    private static int bare(String line, int from, StringBuilder word) {
        int at = from;
        while (at < line.length() && line.charAt(at) > ' ') {
            word.append(line.charAt(at++));
        }
        return at;
    }

    private static int quoted(String line, int from, StringBuilder word) {
        int at = from;
        while (at < line.length() && line.charAt(at) != '"') {
            if (line.charAt(at) == '\\' && at + 1 < line.length()) {
                at++;
            }
            word.append(line.charAt(at++));
        }
        return at + 1;
    }
}
