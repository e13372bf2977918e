// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.cli;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// Declares the options of a command in code. Annotations say the same, but reading them makes the
/// JVM generate classes that no ahead-of-time cache keeps: some 40 ms at each start, too much for a
/// command that runs for 80.
public final class Options {
    private final CommandSpec spec;
    private final String heading;

    /// @param heading in the help, of the options that are declared with this
    public Options(CommandSpec spec, String heading) {
        this.spec = spec;
        this.heading = heading;
    }

    /// The value of an option: what was parsed, else the default.
    ///
    /// @param <T> type of the value, nullable where there is no default
    public static final class Value<T extends @Nullable Object> {
        private final OptionSpec option;

        private Value(OptionSpec option) {
            this.option = option;
        }

        /// What was parsed; before that, what holds where the option is not given and has no
        /// default.
        @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"}) // null only where T allows
        public T get() {
            return option.getValue();
        }
    }

    public Value<@Nullable String> text(String label, String description, String... names) {
        return add(takes(String.class, label, description, names));
    }

    public Value<String> textOr(
            String defaultValue, String label, String description, String... names) {
        return add(takes(String.class, label, description, names).defaultValue(defaultValue));
    }

    public Value<@Nullable Path> path(String label, String description, String... names) {
        return add(takes(Path.class, label, description, names));
    }

    /// Repeatable; empty where not given.
    public Value<List<String>> texts(String label, String description, String... names) {
        return add(list(String.class, label, description, names));
    }

    /// Repeatable; empty where not given.
    public Value<List<Path>> paths(String label, String description, String... names) {
        return add(list(Path.class, label, description, names));
    }

    /// Bytes per second; 0 where not given.
    public Value<Long> rate(String description, String... names) {
        return add(
                converted(new ByteRateConverter(), long.class, "RATE", description, names)
                        .defaultValue("0"));
    }

    public Value<Duration> duration(String defaultValue, String description, String... names) {
        return add(
                converted(new DurationConverter(), Duration.class, "TIME", description, names)
                        .defaultValue(defaultValue));
    }

    /// True where given; takes `=false` too, for files and variables.
    public Value<Boolean> flag(String description, String... names) {
        return add(
                option(description, names)
                        .type(boolean.class)
                        .arity("0..1")
                        .initialValue(false)
                        .fallbackValue("true")
                        .hideParamSyntax(true));
    }

    /// Accepted, and nothing but a warning.
    ///
    /// @param description continues the option's name: `is ignored: ...`
    public void ignored(boolean takesValue, String description, String... names) {
        OptionSpec.Builder option = option(description, names).hidden(true);
        spec.addOption(
                takesValue
                        ? option.type(String.class).paramLabel("VALUE").build()
                        : option.type(boolean.class)
                                .arity("0..1")
                                .fallbackValue("true")
                                .hideParamSyntax(true)
                                .build());
    }

    /// True where given, without any value.
    Value<Boolean> plainFlag(OptionSpec.Builder option) {
        return add(option.type(boolean.class).arity("0").initialValue(false));
    }

    OptionSpec.Builder option(String description, String... names) {
        return OptionSpec.builder(names).description(description).descriptionKey(heading);
    }

    private OptionSpec.Builder takes(
            Class<?> type, String label, String description, String... names) {
        return option(description, names).type(type).paramLabel(label).arity("1");
    }

    private OptionSpec.Builder converted(
            ITypeConverter<?> converter,
            Class<?> type,
            String label,
            String description,
            String... names) {
        return takes(type, label, description, names).converters(converter);
    }

    private OptionSpec.Builder list(
            Class<?> item, String label, String description, String... names) {
        return takes(List.class, label, description, names)
                .auxiliaryTypes(item)
                .initialValue(List.of())
                .splitRegex(Settings.LIST_SEPARATOR)
                .splitRegexSynopsisLabel("");
    }

    private <T extends @Nullable Object> Value<T> add(OptionSpec.Builder builder) {
        OptionSpec option = builder.build();
        // Errors of the command line itself are told before picocli does this.
        option.setValue(option.initialValue());
        spec.addOption(option);
        return new Value<>(option);
    }
}
