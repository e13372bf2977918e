// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.proxy;

import io.dragonfly.core.model.HostPort;
import io.dragonfly.peer.PeerEnvironment;
import io.dragonfly.proxy.testing.TestRegistry;
import io.dragonfly.supernode.Supernode;
import io.dragonfly.supernode.SupernodeConfig;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Random;

/// A registry, a supernode and hosts, in this JVM, over real sockets.
final class SwarmBed implements Closeable {
    private final Path home;
    private final Deque<Closeable> open = new ArrayDeque<>();
    final TestRegistry registry;
    final Supernode supernode;
    private int hosts;

    SwarmBed(Path home, TestRegistry.Access access) throws IOException {
        this.home = home;
        registry = TestRegistry.start(access);
        open.push(registry);
        supernode =
                Supernode.start(
                        SupernodeConfig.of(home.resolve("supernode")).withPorts(0, 0),
                        PeerEnvironment.system());
        open.push(supernode);
    }

    Host host() throws IOException {
        return host(Bounds.DEFAULT);
    }

    Host host(Bounds bounds) throws IOException {
        Host host =
                new Host(
                        home.resolve("host" + hosts++),
                        List.of(new HostPort("127.0.0.1", supernode.port())),
                        List.of("docker.io remote=" + registry.url()),
                        "docker.io",
                        bounds);
        open.push(host);
        return host;
    }

    static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    @Override
    public void close() throws IOException {
        while (!open.isEmpty()) {
            open.pop().close();
        }
    }
}
