// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.dfget;

import io.dragonfly.cli.CommandFailure;
import io.dragonfly.cli.CommonOptions;
import io.dragonfly.cli.EffectiveConfig;
import io.dragonfly.cli.Options;
import io.dragonfly.cli.Options.Value;
import io.dragonfly.cli.VersionText;
import io.dragonfly.cli.daemon.DownloadOrder;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;

/// The options of dfget.
final class DfgetCommand implements Callable<Integer> {
    private final DfgetEnvironment environment;
    private final Guard guard;

    private final CommandSpec spec = CommandSpec.wrapWithoutInspection(this);

    private final PositionalParamSpec address =
            PositionalParamSpec.builder()
                    .arity("0..1")
                    .type(String.class)
                    .paramLabel("URL")
                    .description("What to download.")
                    .build();

    private final Options save = new Options(spec, "What to download, and where to");

    private final Value<@Nullable String> url =
            save.text("URL", "What to download; the same as the bare argument.", "-u", "--url");

    private final Value<@Nullable String> output =
            save.text(
                    "FILE",
                    "Where to; '-' is standard output. Default: the last part of the URL.",
                    "-o",
                    "-O",
                    "--output");

    /// The store always resumes; nobody looks at it.
    @SuppressWarnings("UnusedVariable")
    private final Value<Boolean> resume =
            save.flag(
                    "As in wget; what the host has already is never fetched again anyway.",
                    "-c",
                    "--continue");

    private final Value<@Nullable String> digest =
            save.text(
                    "ALGORITHM:HEX",
                    "What the content must be: sha256:..., sha512:..., sha1:... or md5:...",
                    "--digest");

    private final Value<@Nullable String> md5 =
            save.text("HEX", "The same with the MD5 digest alone.", "-m", "--md5");

    private final Options request = new Options(spec, "How to ask the origin");

    private final Value<List<String>> header =
            request.texts(
                    "LINE", "'Name: value', or @FILE with such lines. Repeatable.", "--header");

    private final Value<List<String>> headerEnv =
            request.texts(
                    "NAME",
                    "Environment variable that holds 'Name: value'. Repeatable.",
                    "--header-env");

    private final Value<Boolean> noNetrc =
            request.flag("Don't take credentials from ~/.netrc.", "--no-netrc");

    private final Value<List<Path>> cacerts =
            request.paths(
                    "FILE",
                    "Trust these authorities (PEM) instead of the system's. Repeatable.",
                    "--cacerts");

    private final Value<Boolean> insecure =
            request.flag("Don't verify the origin's certificate.", "--insecure");

    private final Value<@Nullable String> filter =
            request.text(
                    "NAMES",
                    "Query parameters that don't change the content, joined with '&'.",
                    "-f",
                    "--filter");

    private final Value<@Nullable String> identifier =
            request.text("TAG", "Keeps downloads of equal URLs apart.", "-i", "--identifier");

    private final Options limit = new Options(spec, "Limits");

    private final Value<Long> localLimit =
            limit.rate(
                    "Bytes per second of this download: 20M, 1G, 512K; 0: none.",
                    "-s",
                    "--locallimit");

    private final Value<Long> totalLimit =
            limit.rate(
                    "Bytes per second of all downloads of this host, of a daemon that dfget starts."
                            + " A daemon that runs limits this download by it; 0: none.",
                    "--totallimit");

    private final Value<String> traffic =
            limit.textOr(
                    DownloadOrder.FOREGROUND,
                    "CLASS",
                    "foreground: somebody waits for it; preheat, background: gives way to other"
                            + " downloads of this host.",
                    "--class");

    private final Value<Duration> timeout =
            limit.duration(
                    "0",
                    "Give up after 10s, 5m, 1h or plain seconds; 0: never.",
                    "-e",
                    "--timeout");

    private final Options from = new Options(spec, "Where the bytes may come from");

    private final Value<String> pattern =
            from.textOr(
                    "p2p",
                    "PATTERN",
                    "p2p: peers and supernode; cdn: the same without serving others; source: only"
                            + " the origin.",
                    "-p",
                    "--pattern");

    private final Value<List<String>> node =
            from.texts(
                    "HOST[:PORT]",
                    "Supernodes, comma list; '=WEIGHT' behind one: highest first. Default: the"
                            + " daemon's.",
                    "-n",
                    "--node");

    private final Value<Boolean> notbs =
            from.flag("This host never reads the origin itself.", "--notbs");

    private final Value<@Nullable Path> home =
            from.path(
                    "DIR",
                    "Use the daemon of this home, and no other. Default: the host's daemon, else"
                            + " that of ~/.small-dragonfly, started where none runs.",
                    "--home");

    private final Value<Boolean> noDaemon =
            from.flag("Do everything in this process, for images and cron jobs.", "--no-daemon");

    private final Value<Duration> aliveTime =
            from.duration(
                    "5m",
                    "A daemon that dfget starts ends after so much idle time.",
                    "--alivetime");

    private final Alone alone = new Alone(spec);

    private final Options show = new Options(spec, "What to show");

    private final Value<Boolean> quiet = show.flag("Nothing but errors.", "-q", "--quiet");

    private final Value<Boolean> json =
            show.flag("One JSON object per event on standard output.", "--json");

    private final Value<Boolean> explain =
            show.flag("At the end: who sent the bytes, what was waited for.", "--explain");

    private final Value<@Nullable String> callSystem =
            show.text("LABEL", "Names the caller in the daemon's log.", "--callsystem");

    DfgetCommand(DfgetEnvironment environment) {
        this.environment = environment;
        this.guard = new Guard(environment.nanoTime());
        spec.name("dfget").versionProvider(new VersionText());
        spec.addPositional(address);
        spec.usageMessage()
                .description(
                        "Downloads a file: from other hosts that have it or are getting it, each"
                                + " byte verified; from its origin where nobody has it.")
                .customSynopsis(
                        "dfget [OPTION]... URL",
                        "dfget URL -O FILE    save as FILE",
                        "dfget URL -O -       write to standard output")
                .sortOptions(false)
                .footer("The exit codes are listed in exit-codes.md; 0 is success.");
        addIgnored();
    }

    /// The model, with this as what is run.
    CommandSpec spec() {
        return spec;
    }

    /// Options of v1 that do nothing here. Scripts that use them go on, with a warning.
    private void addIgnored() {
        Options ignored = new Options(spec, "Ignored");
        ignored.ignored(true, "is ignored: there is no such queue any more", "--clientqueue");
        ignored.ignored(
                true,
                "is ignored: no timeout follows from a rate any more, see --timeout",
                "--minrate");
        ignored.ignored(true, "is ignored: it is an option of dfdaemon", "--expiretime");
        ignored.ignored(false, "is ignored: the daemon writes the log", "--console");
        ignored.ignored(false, "is ignored: the bar is shown on a terminal", "-b", "--showbar");
        ignored.ignored(false, "is ignored: dfdaemon does not call dfget any more", "--dfdaemon");
        ignored.ignored(true, "is ignored: it is an option of dfdaemon", "--ip");
        ignored.ignored(true, "is ignored: it is an option of dfdaemon", "--port");
    }

    @Override
    public Integer call() {
        PrintWriter err = spec.commandLine().getErr();
        if (CommonOptions.of(spec).checkConfig()) {
            if (address() != null || url.get() != null) {
                job();
            }
            EngineSession.check(alone, environment);
            EffectiveConfig.print(
                    spec, Set.of("header", "url", "cluster-token"), spec.commandLine().getOut());
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

    private @Nullable String address() {
        return address.getValue();
    }

    private Job job() {
        String bare = address();
        String named = url.get();
        String target = bare != null ? bare : named;
        if (target == null) {
            throw CommandFailure.usage("no URL given (see dfget --help)");
        }
        if (bare != null && named != null && !named.equals(bare)) {
            throw CommandFailure.usage("two URLs given: one download per call");
        }
        OrderBuilder builder = new OrderBuilder(environment, target);
        builder.digest(digest.get(), md5.get());
        builder.headers(header.get(), headerEnv.get(), !noNetrc.get());
        builder.trust(insecure.get(), cacerts.get());
        builder.key(filter.get(), identifier.get());
        builder.from(pattern.get(), node.get(), !notbs.get());
        builder.limits(localLimit.get(), totalLimit.get(), traffic.get());
        builder.caller(callSystem.get());
        String file = output.get();
        if (json.get() && "-".equals(file)) {
            throw CommandFailure.usage("--json and -O - both want standard output");
        }
        return new Job(
                builder.build(),
                builder.url(),
                file == null ? builder.defaultOutput() : file,
                timeout.get(),
                home.get(),
                noDaemon.get(),
                aliveTime.get(),
                alone,
                new Job.Show(quiet.get(), json.get(), explain.get()));
    }
}
