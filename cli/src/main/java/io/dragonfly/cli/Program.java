// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.cli;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;
import picocli.CommandLine.UnmatchedArgumentException;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Runs a command: fills its options from file, environment and flags, prints errors as one line
/// and turns them into exit codes.
///
/// A hidden option is one that is accepted and does nothing (any more): using it is a warning with
/// the first line of its description. So is using a former name, where the command is [Renaming].
public final class Program {
    private final CommandLine commandLine;
    private final Map<String, String> environment;
    private final @Nullable Path defaultConfig;
    private final Map<String, String> formerNames;

    /// Former names on the command line.
    private final List<String> warnings = new ArrayList<>();

    private Settings settings;

    /// @param commandLine from [#commandLine]
    /// @param defaultConfig read when it exists and neither `--config` nor the environment names
    ///   one
    public Program(
            CommandLine commandLine,
            Map<String, String> environment,
            @Nullable Path defaultConfig) {
        this.commandLine = commandLine;
        this.environment = environment;
        this.defaultConfig = defaultConfig;
        this.formerNames =
                commandLine.getCommand() instanceof Renaming renaming
                        ? renaming.formerNames()
                        : Map.of();
        this.settings = settings(ConfigFile.none());
        commandLine.setParameterExceptionHandler((e, _) -> badUsage(e));
        commandLine.setExecutionExceptionHandler((e, _, _) -> failed(e));
        commandLine.setExecutionStrategy(this::warnAndRun);
    }

    /// The command line of a command with our help and the [CommonOptions]; the program's reference
    /// page is made from the same model.
    ///
    /// @param command annotated, or a `CommandSpec` with its [Options]
    public static CommandLine commandLine(Object command) {
        CommandLine commandLine = new CommandLine(command);
        CommonOptions.addTo(commandLine.getCommandSpec());
        commandLine.setColorScheme(Help.defaultColorScheme(Help.Ansi.OFF));
        commandLine.setCaseInsensitiveEnumValuesAllowed(true);
        commandLine.setOverwrittenOptionsAllowed(true);
        // `--header @FILE` is ours to read.
        commandLine.setExpandAtFiles(false);
        commandLine
                .getHelpSectionMap()
                .put(
                        CommandLine.Model.UsageMessageSpec.SECTION_KEY_OPTION_LIST,
                        GroupedHelp::render);
        return commandLine;
    }

    /// Runs to the end. Never throws for bad input.
    ///
    /// @return the exit status
    public int run(String... args) {
        try {
            if (!asksForInformation(args)) {
                settings = settings(configFile(args));
            }
            commandLine.setDefaultValueProvider(settings);
            return commandLine.execute(presentNames(args));
        } catch (CommandFailure e) {
            return failed(e);
        } finally {
            commandLine.getOut().flush();
            commandLine.getErr().flush();
        }
    }

    /// Fills the options from file, environment and `args`, and runs nothing: for a program that
    /// reads its configuration anew, into a new command.
    ///
    /// @throws CommandFailure with one line where something is wrong
    public void read(List<String> args) {
        String[] given = args.toArray(String[]::new);
        settings = settings(configFile(given));
        commandLine.setDefaultValueProvider(settings);
        try {
            commandLine.parseArgs(presentNames(given));
        } catch (ParameterException e) {
            throw new CommandFailure(ExitCode.USAGE, text(e), e);
        }
    }

    private Settings settings(ConfigFile file) {
        return new Settings(name(), environment, file, formerNames);
    }

    /// The command line with the names of today.
    private String[] presentNames(String[] args) {
        if (formerNames.isEmpty()) {
            return args;
        }
        String[] present = args.clone();
        for (int i = 0; i < args.length && !args[i].equals("--"); i++) {
            int equals = args[i].indexOf('=');
            String name = equals < 0 ? args[i] : args[i].substring(0, equals);
            String now = name.startsWith("--") ? formerNames.get(name.substring(2)) : null;
            if (now != null) {
                present[i] = "--" + now + args[i].substring(name.length());
                warnings.add(name + " is now called --" + now);
            }
        }
        return present;
    }

    private String name() {
        return commandLine.getCommandName();
    }

    /// Help must work with a broken configuration file.
    private static boolean asksForInformation(String[] args) {
        for (String arg : args) {
            switch (arg) {
                case "--" -> {
                    return false;
                }
                case "-h", "--help", "-V", "--version" -> {
                    return true;
                }
                default -> {}
            }
        }
        return false;
    }

    private ConfigFile configFile(String[] args) {
        Path path = null;
        for (int i = 0; i < args.length && !args[i].equals("--"); i++) {
            if (args[i].equals("--config") && i + 1 < args.length) {
                path = Path.of(args[i + 1]);
            } else if (args[i].startsWith("--config=")) {
                path = Path.of(args[i].substring("--config=".length()));
            }
        }
        String named = environment.get(name().toUpperCase(java.util.Locale.ROOT) + "_CONFIG");
        if (path == null && named != null && !named.isEmpty()) {
            path = Path.of(named);
        }
        if (path == null && defaultConfig != null && Files.exists(defaultConfig)) {
            path = defaultConfig;
        }
        return path == null
                ? ConfigFile.none()
                : YamlFile.read(path, Settings.names(commandLine.getCommandSpec(), formerNames));
    }

    private int warnAndRun(ParseResult result) {
        warnings.forEach(this::warn);
        formerNames.forEach((former, now) -> {
            OptionSpec option = commandLine.getCommandSpec().findOption("--" + now);
            String used = settings.formerName(former, now);
            if (used != null && option != null && !result.hasMatchedOption(option)) {
                warn(used);
            }
        });
        for (OptionSpec option : commandLine.getCommandSpec().options()) {
            if (!option.hidden()) {
                continue;
            }
            String used =
                    result.hasMatchedOption(option)
                            ? option.longestName()
                            : settings.source(option);
            if (used != null) {
                warn(used + " " + option.description()[0]);
            }
        }
        commandLine.getErr().flush();
        return new RunLast().execute(result);
    }

    private void warn(String what) {
        commandLine.getErr().println(name() + ": warning: " + what);
    }

    private int badUsage(ParameterException e) {
        print(text(e));
        trace(e);
        return ExitCode.USAGE.number();
    }

    private String text(ParameterException e) {
        StringBuilder message = new StringBuilder();
        if (e.getArgSpec() instanceof OptionSpec option) {
            String source = settings.source(option);
            boolean matched =
                    commandLine.getParseResult() != null
                            && commandLine.getParseResult().hasMatchedOption(option);
            if (source != null && !matched) {
                message.append(source).append(": ");
            }
        }
        message.append(
                e instanceof UnmatchedArgumentException unmatched
                        ? unmatched(unmatched.getUnmatched().getFirst())
                        : firstLine(e.getMessage()));
        return message + " (see " + name() + " --help)";
    }

    /// Only an option's name is repeated: what else is there may be a credential.
    private String unmatched(String argument) {
        if (!argument.startsWith("-")) {
            return "one argument too many";
        }
        int equals = argument.indexOf('=');
        String name = equals < 0 ? argument : argument.substring(0, equals);
        return "unknown option '"
                + name
                + "'"
                + Suggestion.of(name, commandLine.getCommandSpec().optionsMap().keySet());
    }

    private int failed(Throwable e) {
        if (e instanceof CommandFailure failure) {
            print(firstLine(failure.getMessage()));
            trace(e);
            return failure.exitCode().number();
        }
        print("internal error: " + e + " (--verbose shows where; please report it)");
        trace(e);
        return ExitCode.INTERNAL.number();
    }

    private void print(String message) {
        commandLine.getErr().println(name() + ": " + message);
    }

    private void trace(Throwable e) {
        if (CommonOptions.of(commandLine.getCommandSpec()).verbose()) {
            e.printStackTrace(commandLine.getErr());
        }
        commandLine.getErr().flush();
    }

    private static String firstLine(@Nullable String message) {
        String text = message == null ? "" : message;
        int end = text.indexOf('\n');
        return (end < 0 ? text : text.substring(0, end)).strip();
    }
}
