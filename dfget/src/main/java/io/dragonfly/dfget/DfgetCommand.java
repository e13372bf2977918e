// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.dfget;

import io.dragonfly.cli.ByteRateConverter;
import io.dragonfly.cli.CommandFailure;
import io.dragonfly.cli.CommonOptions;
import io.dragonfly.cli.DurationConverter;
import io.dragonfly.cli.EffectiveConfig;
import io.dragonfly.cli.Settings;
import io.dragonfly.cli.VersionText;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;

/// The options of dfget.
@Command(
        name = "dfget",
        versionProvider = VersionText.class,
        description = {
            "Downloads a file: from other hosts that have it or are getting it, each byte"
                    + " verified; from its origin where nobody has it."
        },
        customSynopsis = {
            "dfget [OPTION]... URL",
            "dfget URL -O FILE    save as FILE",
            "dfget URL -O -       write to standard output"
        },
        usageHelpAutoWidth = false,
        sortOptions = false,
        footer = {"The exit codes are listed in exit-codes.md; 0 is success."})
final class DfgetCommand implements Callable<Integer> {
    private static final String SAVE = "What to download, and where to";
    private static final String REQUEST = "How to ask the origin";
    private static final String LIMIT = "Limits";
    private static final String FROM = "Where the bytes may come from";
    private static final String SHOW = "What to show";

    private final DfgetEnvironment environment;
    private final Guard guard;

    @Spec private CommandSpec spec = CommandSpec.create();
    @Mixin private CommonOptions common = new CommonOptions();
    @Mixin final IgnoredOptions ignored = new IgnoredOptions();

    @Parameters(arity = "0..1", paramLabel = "URL", description = "What to download.")
    private @Nullable String address;

    @Option(
            names = {"-u", "--url"},
            paramLabel = "URL",
            descriptionKey = SAVE,
            description = "What to download; the same as the bare argument.")
    private @Nullable String url;

    @Option(
            names = {"-o", "-O", "--output"},
            paramLabel = "FILE",
            descriptionKey = SAVE,
            description = "Where to; '-' is standard output. Default: the last part of the URL.")
    private @Nullable String output;

    @SuppressWarnings("UnusedVariable") // The store always resumes.
    @Option(
            names = {"-c", "--continue"},
            arity = "0..1",
            fallbackValue = "true",
            hideParamSyntax = true,
            descriptionKey = SAVE,
            description = "As in wget; what the host has already is never fetched again anyway.")
    private boolean resume;

    @Option(
            names = "--digest",
            paramLabel = "ALGORITHM:HEX",
            descriptionKey = SAVE,
            description = "What the content must be: sha256:..., sha512:..., sha1:... or md5:...")
    private @Nullable String digest;

    @Option(
            names = {"-m", "--md5"},
            paramLabel = "HEX",
            descriptionKey = SAVE,
            description = "The same with the MD5 digest alone.")
    private @Nullable String md5;

    @Option(
            names = "--header",
            paramLabel = "LINE",
            split = Settings.LIST_SEPARATOR,
            splitSynopsisLabel = "",
            descriptionKey = REQUEST,
            description = "'Name: value', or @FILE with such lines. Repeatable.")
    private @Nullable List<String> header;

    @Option(
            names = "--header-env",
            paramLabel = "NAME",
            split = Settings.LIST_SEPARATOR,
            splitSynopsisLabel = "",
            descriptionKey = REQUEST,
            description = "Environment variable that holds 'Name: value'. Repeatable.")
    private @Nullable List<String> headerEnv;

    @Option(
            names = "--no-netrc",
            arity = "0..1",
            fallbackValue = "true",
            hideParamSyntax = true,
            descriptionKey = REQUEST,
            description = "Don't take credentials from ~/.netrc.")
    private boolean noNetrc;

    @Option(
            names = "--cacerts",
            paramLabel = "FILE",
            split = Settings.LIST_SEPARATOR,
            splitSynopsisLabel = "",
            descriptionKey = REQUEST,
            description = "Trust these authorities (PEM) instead of the system's. Repeatable.")
    private @Nullable List<Path> cacerts;

    @Option(
            names = "--insecure",
            arity = "0..1",
            fallbackValue = "true",
            hideParamSyntax = true,
            descriptionKey = REQUEST,
            description = "Don't verify the origin's certificate.")
    private boolean insecure;

    @Option(
            names = {"-f", "--filter"},
            paramLabel = "NAMES",
            descriptionKey = REQUEST,
            description = "Query parameters that don't change the content, joined with '&'.")
    private @Nullable String filter;

    @Option(
            names = {"-i", "--identifier"},
            paramLabel = "TAG",
            descriptionKey = REQUEST,
            description = "Keeps downloads of equal URLs apart.")
    private @Nullable String identifier;

    @Option(
            names = {"-s", "--locallimit"},
            paramLabel = "RATE",
            converter = ByteRateConverter.class,
            defaultValue = "0",
            descriptionKey = LIMIT,
            description = "Bytes per second of this download: 20M, 1G, 512K; 0: none.")
    private long localLimit;

    @Option(
            names = "--totallimit",
            paramLabel = "RATE",
            converter = ByteRateConverter.class,
            defaultValue = "0",
            descriptionKey = LIMIT,
            description = {
                "Bytes per second of all downloads of this host, of a daemon that dfget starts. A"
                        + " daemon that runs limits this download by it; 0: none."
            })
    private long totalLimit;

    @Option(
            names = {"-e", "--timeout"},
            paramLabel = "TIME",
            converter = DurationConverter.class,
            defaultValue = "0",
            descriptionKey = LIMIT,
            description = "Give up after 10s, 5m, 1h or plain seconds; 0: never.")
    private Duration timeout = Duration.ZERO;

    @Option(
            names = {"-p", "--pattern"},
            paramLabel = "PATTERN",
            defaultValue = "p2p",
            descriptionKey = FROM,
            description = {
                "p2p: peers and supernode; cdn: the same without serving others; source: only the"
                        + " origin."
            })
    private String pattern = "p2p";

    @Option(
            names = {"-n", "--node"},
            paramLabel = "HOST[:PORT]",
            split = Settings.LIST_SEPARATOR,
            splitSynopsisLabel = "",
            descriptionKey = FROM,
            description = {
                "Supernodes, comma list; '=WEIGHT' behind one: highest first. Default: the"
                        + " daemon's."
            })
    private @Nullable List<String> node;

    @Option(
            names = "--notbs",
            arity = "0..1",
            fallbackValue = "true",
            hideParamSyntax = true,
            descriptionKey = FROM,
            description = "This host never reads the origin itself.")
    private boolean notbs;

    @Option(
            names = "--home",
            paramLabel = "DIR",
            descriptionKey = FROM,
            description = {
                "Use the daemon of this home, and no other. Default: the host's daemon, else that"
                        + " of ~/.small-dragonfly, started where none runs."
            })
    private @Nullable Path home;

    @Option(
            names = "--no-daemon",
            arity = "0..1",
            fallbackValue = "true",
            hideParamSyntax = true,
            descriptionKey = FROM,
            description = "Do everything in this process, for images and cron jobs.")
    private boolean noDaemon;

    @Option(
            names = "--alivetime",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            defaultValue = "5m",
            descriptionKey = FROM,
            description = "A daemon that dfget starts ends after so much idle time.")
    private Duration aliveTime = Duration.ofMinutes(5);

    @Option(
            names = {"-q", "--quiet"},
            arity = "0..1",
            fallbackValue = "true",
            hideParamSyntax = true,
            descriptionKey = SHOW,
            description = "Nothing but errors.")
    private boolean quiet;

    @Option(
            names = "--json",
            arity = "0..1",
            fallbackValue = "true",
            hideParamSyntax = true,
            descriptionKey = SHOW,
            description = "One JSON object per event on standard output.")
    private boolean json;

    @Option(
            names = "--explain",
            arity = "0..1",
            fallbackValue = "true",
            hideParamSyntax = true,
            descriptionKey = SHOW,
            description = "At the end: who sent the bytes, what was waited for.")
    private boolean explain;

    @Option(
            names = "--callsystem",
            paramLabel = "LABEL",
            descriptionKey = SHOW,
            description = "Names the caller in the daemon's log.")
    private @Nullable String callSystem;

    DfgetCommand(DfgetEnvironment environment) {
        this.environment = environment;
        this.guard = new Guard(environment.nanoTime());
    }

    @Override
    public Integer call() {
        PrintWriter err = spec.commandLine().getErr();
        if (common.checkConfig()) {
            if (address != null || url != null) {
                job();
            }
            EffectiveConfig.print(spec, Set.of("header", "url"), spec.commandLine().getOut());
            return 0;
        }
        Job job = job();
        Reporter reporter = new Reporter(job, environment, err);
        try {
            new Run(job, environment, reporter, guard).run();
            return 0;
        } catch (CommandFailure e) {
            reporter.failed(e);
            throw e;
        }
    }

    /// Ctrl-C: removes what must not stay and ends the process at once; what the daemon has is
    /// kept.
    void cancel() {
        if (guard.cancel()) {
            Runtime.getRuntime().halt(io.dragonfly.cli.ExitCode.CANCELLED.number());
        }
    }

    /// From now on an end of the process is no cancel.
    void ended() {
        guard.exit();
    }

    private Job job() {
        String target = address != null ? address : url;
        if (target == null) {
            throw CommandFailure.usage("no URL given (see dfget --help)");
        }
        if (address != null && url != null && !url.equals(address)) {
            throw CommandFailure.usage("two URLs given: one download per call");
        }
        OrderBuilder builder = new OrderBuilder(environment, target);
        builder.digest(digest, md5);
        builder.headers(list(header), list(headerEnv), !noNetrc);
        builder.trust(insecure, cacerts == null ? List.of() : cacerts);
        builder.key(filter, identifier);
        builder.from(pattern, list(node), !notbs);
        builder.limits(localLimit, totalLimit);
        builder.caller(callSystem);
        if (json && "-".equals(output)) {
            throw CommandFailure.usage("--json and -O - both want standard output");
        }
        return new Job(
                builder.build(),
                builder.url(),
                output == null ? builder.defaultOutput() : output,
                timeout,
                home,
                noDaemon,
                aliveTime,
                new Job.Show(quiet, json, explain));
    }

    private static List<String> list(@Nullable List<String> given) {
        return given == null ? List.of() : given;
    }
}
