// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.cli;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/// Gives options that the command line does not name the value of the environment, else of the
/// configuration file. The key is the option's long name everywhere: `--piece-port`,
/// `DFDAEMON_PIECE_PORT`, `piece-port:`.
public final class Settings implements IDefaultValueProvider {
    /// Stands between the items of a list; options that are lists say `split = LIST_SEPARATOR`.
    public static final String LIST_SEPARATOR = "\n";

    /// About this run only, so never in a file.
    private static final Set<String> NOT_CONFIGURABLE =
            Set.of("help", "version", "config", "check-config");

    private final String prefix;
    private final Map<String, String> environment;
    private final ConfigFile file;

    Settings(String program, Map<String, String> environment, ConfigFile file) {
        this.prefix = upper(program) + "_";
        this.environment = environment;
        this.file = file;
    }

    @Override
    public @Nullable String defaultValue(ArgSpec arg) {
        String key = arg instanceof OptionSpec option ? key(option) : null;
        if (key == null) {
            return null;
        }
        String value = environment.get(prefix + upper(key));
        if (value != null && !value.isEmpty()) {
            return value;
        }
        ConfigFile.Entry entry = file.entry(key);
        return entry == null ? null : entry.value();
    }

    /// Where an option's value comes from when not from the command line: `file:line: key` or the
    /// variable's name; null where nothing gives one.
    @Nullable String source(OptionSpec option) {
        String key = key(option);
        if (key == null) {
            return null;
        }
        String value = environment.get(prefix + upper(key));
        if (value != null && !value.isEmpty()) {
            return prefix + upper(key);
        }
        ConfigFile.Entry entry = file.entry(key);
        return entry == null ? null : file.position(entry) + ": " + key;
    }

    /// The name of the option in files; null for options that are not configurable.
    static @Nullable String key(OptionSpec option) {
        for (String name : option.names()) {
            if (name.startsWith("--")) {
                String key = name.substring(2);
                return NOT_CONFIGURABLE.contains(key) ? null : key;
            }
        }
        return null;
    }

    static Set<String> keys(CommandSpec spec) {
        Set<String> keys = new LinkedHashSet<>();
        for (OptionSpec option : spec.options()) {
            String key = key(option);
            if (key != null) {
                keys.add(key);
            }
        }
        return keys;
    }

    /// By hand: `toUpperCase` and `replace` are measurable in the start of dfget.
    private static String upper(String key) {
        char[] name = new char[key.length()];
        for (int i = 0; i < name.length; i++) {
            char c = key.charAt(i);
            boolean letter = c >= 'a' && c <= 'z';
            name[i] = letter ? (char) (c - 'a' + 'A') : c == '-' ? '_' : c;
        }
        return new String(name);
    }
}
