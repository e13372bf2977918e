// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.dfdaemon;

import io.dragonfly.cli.Addresses;
import io.dragonfly.cli.ClusterOptions;
import io.dragonfly.cli.CommandFailure;
import io.dragonfly.cli.CommonOptions;
import io.dragonfly.cli.DurationConverter;
import io.dragonfly.cli.EffectiveConfig;
import io.dragonfly.cli.ExitCode;
import io.dragonfly.cli.HangUp;
import io.dragonfly.cli.NodeList;
import io.dragonfly.cli.Program;
import io.dragonfly.cli.Reload;
import io.dragonfly.cli.Renaming;
import io.dragonfly.cli.Settings;
import io.dragonfly.cli.VersionText;
import io.dragonfly.cli.WholeNumber;
import io.dragonfly.cli.engine.DiskOptions;
import io.dragonfly.cli.engine.OriginOptions;
import io.dragonfly.cli.logging.LogFormat;
import io.dragonfly.net.tls.Tls;
import io.dragonfly.origin.OriginRules;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.ReentrantLock;

/// The options of dfdaemon.
@Command(
        name = "dfdaemon",
        versionProvider = VersionText.class,
        description = {
            "The peer of a host: downloads, verifies, keeps and serves files for all who ask on"
                    + " this host, and for other hosts."
        },
        customSynopsis = {"dfdaemon [OPTION]...", "dfdaemon gen-ca --host HOST... [OPTION]..."},
        sortOptions = false,
        footer = {"The exit codes are listed in exit-codes.md; 0 is a stop on request."})
final class DfdaemonCommand implements Callable<Integer>, Renaming {
    private static final String PLACE = "Files and sockets";
    private static final String SWARM = "This host among others";
    private static final String RUN = "How it runs";

    private final DaemonEnvironment environment;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable Dfdaemon running;
    private boolean ended;

    @Spec private CommandSpec spec = CommandSpec.create();
    @Mixin private DiskOptions disk = new DiskOptions();
    @Mixin final IgnoredOptions ignored = new IgnoredOptions();
    @Mixin private final OriginOptions originOptions = new OriginOptions();

    @Option(
            names = "--plain-credentials",
            arity = "0..1",
            fallbackValue = "true",
            hideParamSyntax = true,
            descriptionKey = SWARM,
            description =
                    "Send users' credentials to supernodes of other hosts without TLS too: right"
                            + " only where nobody else can read the network.")
    private boolean plainCredentials;

    @Option(
            names = "--home",
            paramLabel = "DIR",
            descriptionKey = PLACE,
            description = {
                "Directory of data, meta, logs and run. Default: /var/lib/dragonfly for root, else"
                        + " ~/.small-dragonfly."
            })
    private @Nullable Path home;

    @Option(
            names = "--socket",
            paramLabel = "PATH",
            descriptionKey = PLACE,
            description = {
                "Unix socket of the API. Default: /run/dragonfly/dfdaemon.sock for root without"
                    + " --home, open to all users; else private, in XDG_RUNTIME_DIR or the home."
            })
    private @Nullable Path socket;

    @Option(
            names = "--http-port",
            paramLabel = "PORT",
            converter = WholeNumber.OptionalPort.class,
            defaultValue = "-1",
            descriptionKey = PLACE,
            description = "TCP port for /metrics and /v1/health; 0: any; -1: none.")
    private int httpPort;

    @Option(
            names = "--http-ip",
            paramLabel = "ADDRESS",
            defaultValue = "127.0.0.1",
            descriptionKey = PLACE,
            description = "Address of that port.")
    private String httpIp = "127.0.0.1";

    @Option(
            names = {"-n", "--node"},
            paramLabel = "HOST[:PORT]",
            split = Settings.LIST_SEPARATOR,
            splitSynopsisLabel = "",
            descriptionKey = SWARM,
            description = {
                "Supernodes, comma list; '=WEIGHT' behind one: highest first. Default: those of the"
                        + " last start, else 127.0.0.1:8002."
            })
    private @Nullable List<String> node;

    @Option(
            names = "--ip",
            paramLabel = "ADDRESS",
            descriptionKey = SWARM,
            description = "Address that the piece server listens on. Default: all.")
    private @Nullable String ip;

    @Option(
            names = {"--piece-port", "--port"},
            paramLabel = "PORT",
            converter = WholeNumber.Port.class,
            descriptionKey = SWARM,
            description = "Port of the piece server; 0: any. Default: 65002 for root, else any.")
    private @Nullable Integer port;

    @Option(
            names = "--advertise",
            paramLabel = "HOST",
            descriptionKey = SWARM,
            description = "Name that other hosts reach this one by. Default: as supernodes see it.")
    private @Nullable String advertise;

    @Option(
            names = "--hostname",
            paramLabel = "NAME",
            descriptionKey = SWARM,
            description = "Shown to people.")
    private @Nullable String hostname;

    @Option(
            names = "--idc",
            paramLabel = "NAME",
            defaultValue = "",
            descriptionKey = SWARM,
            description = "Data centre; peers of the same are preferred.")
    private String idc = "";

    @Option(
            names = "--security-domain",
            paramLabel = "NAME",
            defaultValue = "",
            descriptionKey = SWARM,
            description = "Peers of others are reached through a supernode only.")
    private String securityDomain = "";

    @Option(
            names = "--host-group",
            paramLabel = "NAME",
            defaultValue = "",
            descriptionKey = SWARM,
            description = "Hosts close to each other, such as a rack.")
    private String hostGroup = "";

    @Mixin private final LimitOptions limits = new LimitOptions();

    @Mixin private final ProxyOptions proxy = new ProxyOptions();

    @Option(
            names = "--idle-exit",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            defaultValue = "0",
            descriptionKey = RUN,
            description = "End after so much time without down- and uploads; 0: never.")
    private Duration idleExit = Duration.ZERO;

    @Option(
            names = "--detach",
            arity = "0..1",
            fallbackValue = "true",
            hideParamSyntax = true,
            descriptionKey = RUN,
            description = "Leave the terminal once it is ready.")
    private boolean detach;

    @Option(
            names = "--log-format",
            paramLabel = "FORMAT",
            defaultValue = "text",
            descriptionKey = RUN,
            description = "text (keys and values) or json, one line per event.")
    private LogFormat logFormat = LogFormat.TEXT;

    @Option(
            names = "--console",
            arity = "0..1",
            fallbackValue = "true",
            hideParamSyntax = true,
            descriptionKey = RUN,
            description = "Log to standard error instead of HOME/logs/dfclient.log.")
    private boolean console;

    DfdaemonCommand(DaemonEnvironment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() {
        DfdaemonConfig config = config();
        PrintWriter out = spec.commandLine().getOut();
        if (CommonOptions.of(spec).checkConfig()) {
            EffectiveConfig.print(spec, Set.of("cluster-token"), out);
            return 0;
        }
        if (detach && !Detach.newSession()) {
            out.println(Detach.again(environment));
            return 0;
        }
        Dfdaemon daemon = Dfdaemon.start(config, environment);
        if (!remember(daemon)) {
            daemon.close();
            return 0;
        }
        reloadable(daemon);
        out.println(io.dragonfly.cli.daemon.DaemonLauncher.READY + config.listening().socket());
        out.flush();
        if (detach) {
            Detach.releaseStandardStreams(config.home().resolve("logs").resolve("dfdaemon.out"));
        }
        daemon.awaitIdle();
        daemon.close();
        return 0;
    }

    /// From now on SIGHUP and the API have the configuration read anew.
    private void reloadable(Dfdaemon daemon) {
        List<String> args = spec.commandLine().getParseResult().originalArgs();
        Reload<DfdaemonConfig> reload =
                new Reload<>(spec, LimitOptions.LIVE, () -> readAnew(args), daemon::change);
        daemon.reloadBy(reload::run);
        // Not before it is ready: somebody waits for that, and nobody for this.
        Thread.ofVirtual().name("hang-up").start(() -> HangUp.listen(reload::runForSignal));
    }

    private Reload.Read<DfdaemonConfig> readAnew(List<String> args) {
        DfdaemonCommand anew = new DfdaemonCommand(environment);
        CommandLine commandLine = Main.commandLine(anew);
        new Program(commandLine, environment.variables(), Main.DEFAULT_CONFIG).read(args);
        return new Reload.Read<>(commandLine.getCommandSpec(), anew.config());
    }

    /// SIGTERM, SIGINT: ends gracefully and with success.
    void stopBySignal() {
        Dfdaemon daemon;
        lock.lock();
        try {
            if (ended) {
                return;
            }
            ended = true;
            daemon = running;
        } finally {
            lock.unlock();
        }
        if (daemon != null) {
            daemon.close();
        }
        Runtime.getRuntime().halt(0);
    }

    /// From now on the end of the process is no signal.
    void ended() {
        lock.lock();
        try {
            ended = true;
        } finally {
            lock.unlock();
        }
    }

    /// False where a signal came while the daemon started.
    private boolean remember(Dfdaemon daemon) {
        lock.lock();
        try {
            running = daemon;
            return !ended;
        } finally {
            lock.unlock();
        }
    }

    DfdaemonConfig config() {
        try {
            Places places = Places.of(home, socket, environment.variables());
            if (ip != null) {
                Addresses.resolve("--ip", ip);
            }
            if (httpPort >= 0) {
                Addresses.resolve("--http-ip", httpIp);
            }
            return new DfdaemonConfig(
                    places.home(),
                    new DfdaemonConfig.Listening(
                            places.socket(), places.everyone(), httpIp, httpPort),
                    NodeList.parse(node == null ? List.of() : node),
                    new DfdaemonConfig.Identity(
                            ip,
                            port != null ? port : places.everyone() ? 65_002 : 0,
                            advertise,
                            hostname != null ? hostname : Places.hostname(environment.variables()),
                            hostGroup,
                            idc,
                            securityDomain),
                    ClusterOptions.of(spec).token(),
                    limits.rates(),
                    limits.downloads(places.everyone()),
                    disk.use(),
                    idleExit,
                    originOptions.rules(OriginRules.Loopback.NAMED),
                    plainCredentials,
                    new DfdaemonConfig.Logging(
                            logFormat, console, CommonOptions.of(spec).verbose()),
                    ClusterOptions.of(spec)
                            .peerTls((cert, key, ca) ->
                                    Tls.load(cert, key, ca, environment.nanoTime())),
                    proxy.config(
                            places.everyone(),
                            idleExit,
                            originOptions.rules(OriginRules.Loopback.NAMED),
                            environment.variables()));
        } catch (IllegalArgumentException e) {
            throw new CommandFailure(ExitCode.USAGE, String.valueOf(e.getMessage()), e);
        } catch (IOException e) {
            throw new CommandFailure(
                    ExitCode.USAGE, "cannot tell who runs this" + io.dragonfly.cli.Reason.of(e), e);
        }
    }

    @Override
    public Map<String, String> formerNames() {
        return Map.of("ratelimit", "totallimit", "workHome", "home");
    }
}
