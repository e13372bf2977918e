// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.net.piece;

import io.dragonfly.core.model.Geometry;
import io.dragonfly.core.model.HostPort;
import io.dragonfly.core.model.PeerId;
import io.dragonfly.core.model.Secret;
import io.dragonfly.core.model.VersionId;
import io.dragonfly.net.tls.TestTls;
import io.dragonfly.net.tls.Tls;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/// A server over loopback, a client, and what both need.
final class PieceFixture implements AutoCloseable {
    static final PeerId PARENT = new PeerId("parent");
    static final VersionId VERSION = new VersionId("0123456789abcdef0123456789abcdef");
    static final Secret SECRET = new Secret("00112233445566778899aabbccddeeff");
    static final int BLOCK = 4 << 10;
    static final int PIECE_BLOCKS = 8;

    /// Settings in which nothing happens by time alone within a test, but waiting is told at once.
    static final PieceServerSettings SERVER =
            new PieceServerSettings(
                    0,
                    64,
                    Duration.ofSeconds(60),
                    Duration.ofSeconds(60),
                    0,
                    Duration.ofSeconds(60),
                    Duration.ofMillis(10),
                    Duration.ofSeconds(60),
                    Duration.ofSeconds(5));

    static final PieceClientSettings CLIENT =
            new PieceClientSettings(
                    Duration.ofSeconds(20),
                    Duration.ofSeconds(20),
                    4,
                    8,
                    Duration.ofSeconds(60),
                    4 << 20);

    final Map<VersionId, TestContent> contents = new ConcurrentHashMap<>();
    final PieceCounters serverCounters = new PieceCounters();

    /// Nanoseconds by which the server's clock is ahead: lets its timeouts pass when the test says
    /// so.
    final AtomicLong serverAhead = new AtomicLong();

    final PieceCounters clientCounters = new PieceCounters();
    final PieceServer server;
    final PieceClient client;
    final HostPort address;

    PieceFixture() throws IOException {
        this(SERVER, CLIENT);
    }

    PieceFixture(PieceServerSettings serverSettings, PieceClientSettings clientSettings)
            throws IOException {
        this(InetAddress.getLoopbackAddress(), serverSettings, clientSettings, Throttle.NONE);
    }

    PieceFixture(
            InetAddress bind,
            PieceServerSettings serverSettings,
            PieceClientSettings clientSettings,
            Throttle upload)
            throws IOException {
        this(bind, serverSettings, clientSettings, upload, null, null);
    }

    PieceFixture(@Nullable Tls serverTls, @Nullable Tls clientTls) throws IOException {
        this(InetAddress.getLoopbackAddress(), SERVER, CLIENT, Throttle.NONE, serverTls, clientTls);
    }

    private PieceFixture(
            InetAddress bind,
            PieceServerSettings serverSettings,
            PieceClientSettings clientSettings,
            Throttle upload,
            @Nullable Tls serverTls,
            @Nullable Tls clientTls)
            throws IOException {
        server =
                PieceServer.start(
                        new InetSocketAddress(bind, 0),
                        PARENT,
                        (id, secret) ->
                                secret.equals(SECRET)
                                        ? Optional.ofNullable(contents.get(id))
                                        : Optional.empty(),
                        serverSettings,
                        upload,
                        () -> System.nanoTime() + serverAhead.get(),
                        serverCounters,
                        serverTls);
        client = new PieceClient(clientSettings, System::nanoTime, clientCounters, clientTls);
        address = new HostPort(bind.getHostAddress(), server.port());
    }

    /// With or without TLS.
    static PieceFixture over(boolean tls) throws IOException {
        return tls ? new PieceFixture(TestTls.mutual(), TestTls.mutual()) : new PieceFixture();
    }

    /// Small blocks, so that tests are quick.
    static Geometry geometry(long length) {
        return new Geometry(length, PIECE_BLOCKS * BLOCK, BLOCK, 2);
    }

    static byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    /// Adds a version of `length` random bytes, of which no block is here yet.
    TestContent content(int length) {
        TestContent content = new TestContent(geometry(length), bytes(length));
        contents.put(VERSION, content);
        return content;
    }

    static RangeRequest request(int firstBlock, int endBlock) {
        return new RangeRequest(
                VERSION, SECRET, firstBlock / PIECE_BLOCKS, firstBlock, endBlock, false);
    }

    PieceClient.Fetch fetch(int firstBlock, int endBlock, RangeReceiver receiver) {
        return client.begin(address, request(firstBlock, endBlock), receiver, Throttle.NONE);
    }

    /// Runs the fetch as it runs in a daemon: on a virtual thread.
    static CompletableFuture<RangeResult> start(PieceClient.Fetch fetch) {
        CompletableFuture<RangeResult> result = new CompletableFuture<>();
        Thread.ofVirtual()
                .uncaughtExceptionHandler((_, e) -> result.completeExceptionally(e))
                .start(() -> result.complete(fetch.run()));
        return result;
    }

    /// Waits until something holds that nobody signals; the timeout of the test is the bound.
    static void eventually(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            LockSupport.parkNanos(200_000);
        }
    }

    /// Lets the server's time pass until it has closed every connection.
    void serverTimesOut() {
        long step = 2 * SERVER.idleTimeout().toNanos();
        eventually(() -> {
            serverAhead.addAndGet(step);
            return serverCounters.get(PieceCounters.Count.CONNECTIONS_OPEN) == 0;
        });
    }

    @Override
    public void close() {
        client.close();
        server.close();
    }
}
