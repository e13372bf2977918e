// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.cli;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

import java.util.LinkedHashMap;
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
    private final Map<String, String> formerNames;

    /// @param formerNames as of [Renaming]
    Settings(
            String program,
            Map<String, String> environment,
            ConfigFile file,
            Map<String, String> formerNames) {
        this.prefix = upper(program) + "_";
        this.environment = environment;
        this.file = file;
        this.formerNames = formerNames;
    }

    @Override
    public @Nullable String defaultValue(ArgSpec arg) {
        String key = arg instanceof OptionSpec option ? key(option) : null;
        if (key == null) {
            return null;
        }
        String variable = variable(key);
        if (variable != null) {
            return environment.get(variable);
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
        String variable = variable(key);
        if (variable != null) {
            return variable;
        }
        ConfigFile.Entry entry = file.entry(key);
        return entry == null ? null : file.position(entry);
    }

    /// What to say where environment or file use a former name of a key; null where they do not.
    @Nullable String formerName(String former, String key) {
        String variable = variable(key);
        if (variable != null) {
            return variable.equals(prefix + upper(former))
                    ? variable + " is now called " + prefix + upper(key)
                    : null;
        }
        ConfigFile.Entry entry = file.entry(key);
        return entry != null && entry.written().equals(former)
                ? file.position(entry) + " is now called " + key
                : null;
    }

    /// The variable that has a value for the key, the present name before a former one.
    private @Nullable String variable(String key) {
        String variable = prefix + upper(key);
        if (isSet(variable)) {
            return variable;
        }
        for (Map.Entry<String, String> former : formerNames.entrySet()) {
            variable = prefix + upper(former.getKey());
            if (former.getValue().equals(key) && isSet(variable)) {
                return variable;
            }
        }
        return null;
    }

    private boolean isSet(String variable) {
        String value = environment.get(variable);
        return value != null && !value.isEmpty();
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

    /// All that may stand as a key in a file: each long name of an option, former ones too, with
    /// the option's key.
    static Map<String, String> names(CommandSpec spec, Map<String, String> formerNames) {
        Map<String, String> names = new LinkedHashMap<>(formerNames);
        for (OptionSpec option : spec.options()) {
            String key = key(option);
            for (String name : option.names()) {
                if (key != null && name.startsWith("--")) {
                    names.put(name.substring(2), key);
                }
            }
        }
        return names;
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
