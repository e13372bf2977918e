// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.cli;

import java.util.Locale;
import java.util.Set;

/// The known name nearest to a mistyped one.
final class Suggestion {
    private Suggestion() {}

    /// ` (did you mean 'x'?)`, or nothing where no name is near.
    static String of(String typed, Set<String> known) {
        String best = "";
        int bestDistance = Integer.MAX_VALUE;
        String wanted = bare(typed);
        for (String name : known) {
            String candidate = bare(name);
            int distance = distance(wanted, candidate);
            boolean part =
                    wanted.length() >= 4
                            && (candidate.contains(wanted)
                                    || (candidate.length() >= 4 && wanted.contains(candidate)));
            int rank = part ? Math.min(distance, 2) : distance;
            if (rank < bestDistance || (rank == bestDistance && name.compareTo(best) < 0)) {
                best = name;
                bestDistance = rank;
            }
        }
        boolean near = bestDistance <= Math.max(1, Math.min(3, wanted.length() / 3));
        return near ? " (did you mean '" + best + "'?)" : "";
    }

    /// Letter case and word separators are what v1's keys differ in.
    private static String bare(String name) {
        return name.toLowerCase(Locale.ROOT).replace("-", "").replace("_", "");
    }

    /// Levenshtein, one row at a time.
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int change = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(change, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
