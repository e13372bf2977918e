// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.supernode;

import io.dragonfly.cli.Addresses;
import io.dragonfly.cli.ClusterOptions;
import io.dragonfly.cli.CommonOptions;
import io.dragonfly.cli.DurationConverter;
import io.dragonfly.cli.EffectiveConfig;
import io.dragonfly.cli.HangUp;
import io.dragonfly.cli.Program;
import io.dragonfly.cli.Reload;
import io.dragonfly.cli.Renaming;
import io.dragonfly.cli.VersionText;
import io.dragonfly.cli.WholeNumber;
import io.dragonfly.cli.engine.DiskOptions;
import io.dragonfly.cli.engine.OriginOptions;
import io.dragonfly.cli.engine.StartFailure;
import io.dragonfly.cli.logging.DaemonLogging;
import io.dragonfly.cli.logging.LogFormat;
import io.dragonfly.net.tls.Tls;
import io.dragonfly.origin.OriginRules.Loopback;
import io.dragonfly.origin.ReaderSettings;
import io.dragonfly.peer.PeerEnvironment;

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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;

/// The options of the supernode, and its run.
@Command(
        name = "supernode",
        versionProvider = VersionText.class,
        description = {
            "Reads each origin once, knows which peer has what, and says who fetches what from"
                    + " whom."
        },
        customSynopsis = {"supernode [OPTION]..."},
        sortOptions = false,
        footer = {"The exit codes are listed in exit-codes.md; 0 is a stop on request."})
final class SupernodeCommand implements Callable<Integer>, Renaming {
    private static final String NETWORK = "Network";
    private static final String ORIGINS = "Origins";
    private static final String SWARM = "Swarm";

    @Spec private CommandSpec spec;
    @Mixin private DiskOptions disk = new DiskOptions();

    @Option(
            names = "--home",
            paramLabel = "DIR",
            descriptionKey = NETWORK,
            description =
                    "Data and logs; default /var/lib/dragonfly/supernode for root, else"
                            + " ~/.small-dragonfly/supernode.")
    private @Nullable Path home;

    @Option(
            names = "--ip",
            paramLabel = "ADDRESS",
            descriptionKey = NETWORK,
            description = "Address to listen on; default all, IPv4 and IPv6.")
    private @Nullable String ip;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            converter = WholeNumber.Port.class,
            defaultValue = "8002",
            descriptionKey = NETWORK,
            description = "API and control streams; 0 takes any free one.")
    private int port;

    @Option(
            names = "--piece-port",
            paramLabel = "PORT",
            converter = WholeNumber.Port.class,
            defaultValue = "8001",
            descriptionKey = NETWORK,
            description = "Pieces; 0 takes any free one.")
    private int piecePort;

    @Option(
            names = "--advertise",
            paramLabel = "HOST",
            descriptionKey = NETWORK,
            description =
                    "Host that peers fetch pieces from; default the one they reach the API by.")
    private @Nullable String advertise;

    @Option(
            names = "--file-root",
            paramLabel = "DIR",
            split = ",",
            descriptionKey = ORIGINS,
            description = "file:// URLs below this directory may be read (repeatable).")
    private List<Path> fileRoots = new ArrayList<>();

    @Mixin private final OriginOptions originOptions = new OriginOptions();

    @Option(
            names = "--origin-connections",
            paramLabel = "N",
            converter = OriginConnections.class,
            defaultValue = "4",
            descriptionKey = ORIGINS,
            description = "Connections to a slow origin for one content, from 33 MiB on.")
    private int originConnections;

    @Option(
            names = "--unvalidated-for",
            paramLabel = "TIME",
            defaultValue = "30s",
            converter = DurationConverter.class,
            descriptionKey = ORIGINS,
            description =
                    "How long a content without ETag and Last-Modified is given out after it was"
                            + " read.")
    private Duration unvalidatedFor;

    @Option(
            names = "--shared-registries",
            paramLabel = "A,B",
            converter = Scopes.Group.class,
            descriptionKey = ORIGINS,
            description =
                    "Registries that share the protected layers that they both have (repeatable:"
                            + " each is one group).")
    private List<String> sharedRegistries = new ArrayList<>();

    @Option(
            names = "--inline-bytes",
            paramLabel = "BYTES",
            converter = InlineBytes.class,
            defaultValue = "131072",
            descriptionKey = SWARM,
            description = "Contents up to this size are sent with the answer; 0: none.")
    private int inlineBytes;

    @Option(
            names = "--seed-slots",
            paramLabel = "N",
            converter = WholeNumber.Count.class,
            defaultValue = "10",
            descriptionKey = SWARM,
            description = "Ranges that the seed uploads at once, to begin with.")
    private int seedSlots;

    @Mixin private LimitOptions limits;

    @Option(
            names = "--log-format",
            paramLabel = "text|json",
            defaultValue = "text",
            descriptionKey = CommonOptions.HEADING,
            description = "Form of the log on standard error.")
    private LogFormat logFormat;

    private final PeerEnvironment environment;

    /// As many as one reading may use.
    static final class OriginConnections extends WholeNumber {
        OriginConnections() {
            super(1, ReaderSettings.MAX_CONNECTIONS);
        }
    }

    /// As many as fit into a message, in base64.
    static final class InlineBytes extends WholeNumber {
        InlineBytes() {
            super(0, 384 << 10);
        }
    }

    @SuppressWarnings("NullAway.Init") // picocli sets the fields
    SupernodeCommand(PeerEnvironment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        SupernodeConfig config = config();
        if (CommonOptions.of(spec).checkConfig()) {
            EffectiveConfig.print(spec, Set.of("cluster-token"), out);
            return 0;
        }
        DaemonLogging.start(logFormat, null, CommonOptions.of(spec).verbose());
        try {
            Supernode supernode = Supernode.start(config, environment);
            reloadable(supernode);
            out.printf(
                    "supernode ready: api and control on port %d, pieces on port %d%n",
                    supernode.port(), supernode.piecePort());
            out.flush();
            awaitStop(() -> {
                supernode.close();
                DaemonLogging.stop();
            });
            return 0;
        } catch (IOException e) {
            throw StartFailure.of(e);
        }
    }

    /// From now on SIGHUP and the API have the configuration read anew.
    private void reloadable(Supernode supernode) {
        List<String> args = spec.commandLine().getParseResult().originalArgs();
        Reload<SupernodeConfig> reload =
                new Reload<>(
                        spec,
                        LimitOptions.LIVE,
                        () -> readAnew(args),
                        c -> supernode.change(c.limits(), c.apiToken()));
        supernode.reloadBy(reload::run);
        HangUp.listen(reload::runForSignal);
    }

    private Reload.Read<SupernodeConfig> readAnew(List<String> args) {
        SupernodeCommand anew = new SupernodeCommand(environment);
        CommandLine commandLine = Main.commandLine(anew);
        new Program(commandLine, environment.variables(), Main.DEFAULT_CONFIG).read(args);
        return new Reload.Read<>(commandLine.getCommandSpec(), anew.config());
    }

    @Override
    public Map<String, String> formerNames() {
        return Map.of(
                "home-dir", "home", "download-port", "piece-port", "advertise-ip", "advertise");
    }

    private SupernodeConfig config() {
        boolean loopback = ip != null && Addresses.resolve("--ip", ip).isLoopbackAddress();
        return new SupernodeConfig(
                home == null ? defaultHome() : home,
                ip,
                port,
                piecePort,
                advertise,
                fileRoots,
                inlineBytes,
                seedSlots,
                originConnections,
                unvalidatedFor,
                originOptions.rules(loopback ? Loopback.ANY : Loopback.NEVER),
                sharedRegistries,
                ClusterOptions.of(spec).token(),
                ClusterOptions.of(spec)
                        .serverTls(
                                (cert, key, ca) -> Tls.load(cert, key, ca, environment.nanoTime())),
                limits.token(),
                limits.limits(),
                limits.connections(),
                disk.use());
    }

    private static Path defaultHome() {
        return System.getProperty("user.name", "").equals("root")
                ? Path.of("/var/lib/dragonfly/supernode")
                : Path.of(System.getProperty("user.home", "."), ".small-dragonfly", "supernode");
    }

    /// Waits for SIGTERM or SIGINT.
    private static void awaitStop(Runnable close) {
        CountDownLatch stopped = new CountDownLatch(1);
        // The process ends when the hooks have, so the hook is what closes.
        Runtime.getRuntime()
                .addShutdownHook(
                        new Thread(
                                () -> {
                                    close.run();
                                    stopped.countDown();
                                },
                                "stop"));
        try {
            stopped.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException("the main thread is never interrupted", e);
        }
    }
}
