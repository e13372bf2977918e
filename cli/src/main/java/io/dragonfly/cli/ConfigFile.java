// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.cli;

import org.jspecify.annotations.Nullable;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/// What stands in a program's configuration file. Knows no YAML: programs without a file must not
/// load the library ([YamlFile]).
final class ConfigFile {
    /// @param written the key as it stands in the file: maybe an alias or a former name
    /// @param value list items are separated by [Settings#LIST_SEPARATOR]
    record Entry(String written, String value, int line) {}

    private final @Nullable Path path;
    private final Map<String, Entry> entries;

    ConfigFile(@Nullable Path path, Map<String, Entry> entries) {
        this.path = path;
        this.entries = new LinkedHashMap<>(entries);
    }

    static ConfigFile none() {
        return new ConfigFile(null, Map.of());
    }

    @Nullable Entry entry(String key) {
        return entries.get(key);
    }

    /// `file:line: key` of a key that is there.
    String position(Entry entry) {
        return path + ":" + entry.line() + ": " + entry.written();
    }
}
