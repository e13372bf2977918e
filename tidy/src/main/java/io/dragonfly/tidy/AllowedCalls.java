// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.tidy;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// The places where banned calls are right. Where programs are put together (classes named `Main`
/// or `...Environment`) clocks and randomness enter; everything else is listed, with a reason, in
/// `tidy/allowed-calls.txt`.
final class AllowedCalls {
    private final List<Entry> entries;
    private final Set<Entry> used = new LinkedHashSet<>();

    private AllowedCalls(List<Entry> entries) {
        this.entries = entries;
    }

    private record Entry(String path, String call) {
        boolean covers(CallRules.Violation violation) {
            boolean here =
                    path.endsWith("/")
                            ? violation.file().startsWith(path)
                            : violation.file().equals(path);
            return here && violation.call().equals(call);
        }
    }

    /// Reads lines `path | call | reason`; a path that ends in `/` is a directory; `#` starts a
    /// comment line.
    static AllowedCalls parse(String text) {
        List<Entry> entries = new ArrayList<>();
        for (String line : text.lines().toList()) {
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            List<String> fields = List.of(line.split("\\|", -1));
            if (fields.size() != 3 || fields.get(2).isBlank()) {
                throw new IllegalArgumentException(
                        "allowed-calls.txt: expected `path | call | reason`: " + line);
            }
            entries.add(new Entry(fields.get(0).strip(), fields.get(1).strip()));
        }
        return new AllowedCalls(entries);
    }

    boolean allows(CallRules.Violation violation) {
        boolean listed = false;
        for (Entry entry : entries) {
            if (entry.covers(violation)) {
                used.add(entry);
                listed = true;
            }
        }
        return listed || (violation.isInput() && isCompositionRoot(violation.file()));
    }

    /// Entries that allowed nothing so far: they would hide the next violation.
    List<String> unused() {
        return entries.stream()
                .filter(entry -> !used.contains(entry))
                .map(entry -> entry.path() + " | " + entry.call())
                .toList();
    }

    private static boolean isCompositionRoot(String file) {
        String name = file.substring(file.lastIndexOf('/') + 1);
        return name.equals("Main.java") || name.endsWith("Environment.java");
    }
}
