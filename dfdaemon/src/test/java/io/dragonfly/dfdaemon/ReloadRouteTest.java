// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.dfdaemon;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.dragonfly.cli.CommandFailure;
import io.dragonfly.cli.Reload;
import io.dragonfly.cli.logging.LogFormat;
import io.dragonfly.core.limits.ByteRate;
import io.dragonfly.origin.OriginRules;
import io.dragonfly.peer.DiskUse;
import io.dragonfly.peer.PeerLimits;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// What a running daemon takes over, and how it is asked to.
final class ReloadRouteTest {
    private static final String ORDER = "{\"url\":\"http://h/f\"}";

    @TempDir private Path directory = Path.of("");

    private final FakeEngine engine = new FakeEngine();
    private @Nullable Dfdaemon daemon;

    private DfdaemonConfig config(Duration idleExit) {
        Path socket = directory.resolve("s/d.sock");
        return new DfdaemonConfig(
                directory.resolve("home"),
                new DfdaemonConfig.Listening(socket, false, "127.0.0.1", 0),
                List.of(),
                new DfdaemonConfig.Identity(null, 0, null, "me", "", "", ""),
                null,
                PeerLimits.NONE,
                new DfdaemonConfig.Downloads(2, 2),
                DiskUse.DEFAULT,
                idleExit,
                OriginRules.DEFAULT,
                false,
                new DfdaemonConfig.Logging(LogFormat.TEXT, true, false),
                null,
                null);
    }

    private Dfdaemon start() {
        DfdaemonConfig config = config(Duration.ZERO);
        HomeLock lock = HomeLock.acquire(config.home(), socket(), Duration.ofMillis(1));
        Dfdaemon started =
                Dfdaemon.start(config, lock, engine, Duration.ofMinutes(1), System::nanoTime);
        daemon = started;
        return started;
    }

    private Path socket() {
        return directory.resolve("s/d.sock");
    }

    @AfterEach
    void stop() {
        if (daemon != null) {
            daemon.close();
        }
    }

    private String reload(int status) throws IOException {
        try (UnixClient client = new UnixClient(socket(), "POST", "/v1/reload", "")) {
            assertThat(client.status()).isEqualTo(status);
            return new String(client.rest(), UTF_8);
        }
    }

    @Test
    void theConfigurationIsReadAnewOnRequest() throws Exception {
        Dfdaemon running = start();
        assertThat(reload(409)).contains("not-reloadable");
        running.reloadBy(() -> new Reload.Outcome(List.of("disk-limit"), List.of("idc")));
        assertThat(reload(200))
                .isEqualTo("{\"applied\":[\"disk-limit\"],\"needsRestart\":[\"idc\"]}");
        running.reloadBy(() -> {
            throw CommandFailure.usage("f.yml:1: unknown key 'x'");
        });
        assertThat(reload(400)).contains("bad-config", "f.yml:1: unknown key 'x'");
    }

    @Test
    void changedLimitsHoldForTheEngineAndForOrdersToCome() throws Exception {
        Dfdaemon running = start();
        DfdaemonConfig config = config(Duration.ZERO);
        PeerLimits limits = PeerLimits.NONE.withDisk(new ByteRate(7));
        running.change(
                new DfdaemonConfig(
                        config.home(),
                        config.listening(),
                        config.nodes(),
                        config.peer(),
                        null,
                        limits,
                        new DfdaemonConfig.Downloads(1, 1),
                        DiskUse.DEFAULT,
                        config.idleExit(),
                        config.origins(),
                        config.plainCredentials(),
                        config.logging(),
                        config.tls(),
                        config.proxy()));
        assertThat(engine.limits).isEqualTo(limits);
        try (UnixClient one = new UnixClient(socket(), "POST", "/v1/downloads", ORDER);
                UnixClient two = new UnixClient(socket(), "POST", "/v1/downloads", ORDER)) {
            assertThat(one.status()).isEqualTo(200);
            assertThat(two.status()).isEqualTo(429);
        }
    }
}
