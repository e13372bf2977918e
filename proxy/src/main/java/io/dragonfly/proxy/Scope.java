// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.proxy;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/// What a token is for: `repository:NAME:ACTIONS`, several of them with spaces between.
final class Scope {
    private static final String REPOSITORY = "repository:";

    private Scope() {}

    /// Replaces the names of repositories; other scopes stay as they are.
    static String rename(String scopes, UnaryOperator<String> how) {
        List<String> renamed = new ArrayList<>();
        for (String scope : scopes.split(" ")) {
            int end = scope.lastIndexOf(':');
            boolean named = scope.startsWith(REPOSITORY) && end >= REPOSITORY.length();
            renamed.add(
                    named
                            ? REPOSITORY
                                    + how.apply(scope.substring(REPOSITORY.length(), end))
                                    + scope.substring(end)
                            : scope);
        }
        return String.join(" ", renamed);
    }

    /// The name of the first repository, or empty.
    static String repository(String scopes) {
        for (String scope : scopes.split(" ")) {
            int end = scope.lastIndexOf(':');
            if (scope.startsWith(REPOSITORY) && end >= REPOSITORY.length()) {
                return scope.substring(REPOSITORY.length(), end);
            }
        }
        return "";
    }
}
