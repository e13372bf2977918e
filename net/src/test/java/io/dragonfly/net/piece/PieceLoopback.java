// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.net.piece;

import io.dragonfly.core.limits.ByteRate;
import io.dragonfly.core.limits.TrafficClass;
import io.dragonfly.core.model.Geometry;
import io.dragonfly.core.model.HostPort;
import io.dragonfly.core.model.Sha256;
import io.dragonfly.net.tls.TestTls;
import io.dragonfly.net.tls.Tls;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/// Measures CPU-seconds per GiB of client and server together: one JVM, loopback, a file in the
/// page cache, blocks of 256 KiB, ranges of 1 MiB, concurrent fetches. Not a test: run its main
/// with `hash|nohash|limited|tls`, GiB, fetches. `tls` runs with and without TLS in turns, without
/// hashing.
final class PieceLoopback {
    private static final int BLOCKS = 1024;

    private PieceLoopback() {}

    /// A file as a store serves it.
    private static final class Stored extends TestContent {
        private final FileChannel file;

        private Stored(Geometry geometry, FileChannel file) {
            super(geometry, new byte[0]);
            this.file = file;
        }

        @Override
        public PieceSource.Await await(int block, long timeoutNanos) {
            return PieceSource.Await.HERE;
        }

        @Override
        public int blockLength(int block) {
            return geometry().blockLength(block);
        }

        @Override
        public long transferTo(int block, int offset, int count, WritableByteChannel target)
                throws IOException {
            return file.transferTo(geometry().blockOffset(block) + offset, count, target);
        }

        @Override
        public void read(int block, int offset, ByteBuffer target) throws IOException {
            long at = geometry().blockOffset(block) + offset;
            while (target.hasRemaining()) {
                at += file.read(target, at);
            }
        }
    }

    private static final class Hashing extends Recorder {
        private final boolean hash;
        private int unlikely;

        private Hashing(boolean hash) {
            this.hash = hash;
        }

        @Override
        public boolean block(int block, ByteBuffer bytes) {
            if (hash) {
                unlikely += Sha256.of(bytes).hashCode();
            }
            return true;
        }
    }

    public static void main(String[] arguments) throws Exception {
        String mode = arguments[0];
        int gib = Integer.parseInt(arguments[1]);
        int fetches = Integer.parseInt(arguments[2]);
        Path path = Files.createTempFile("piece", ".data");
        try (FileChannel file =
                FileChannel.open(
                        path,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.DELETE_ON_CLOSE)) {
            Geometry geometry = Geometry.of((long) BLOCKS * Geometry.BLOCK_SIZE);
            file.write(ByteBuffer.wrap(PieceFixture.bytes(BLOCKS * Geometry.BLOCK_SIZE)), 0);
            Stored content = new Stored(geometry, file);
            SharedLimit limit =
                    new SharedLimit(
                            mode.equals("limited") ? new ByteRate(1L << 40) : ByteRate.UNLIMITED,
                            System::nanoTime,
                            Parker.THREADS);
            Throttle throttle =
                    mode.equals("limited")
                            ? limit.throttle(TrafficClass.FOREGROUND, new ByteRate(1L << 40))
                            : Throttle.NONE;
            boolean hash = mode.equals("hash") || mode.equals("limited");
            int rounds = mode.equals("tls") ? 20 : 6;
            for (int round = 0; round < rounds; round++) {
                Tls tls = mode.equals("tls") && round % 2 == 1 ? TestTls.mutual() : null;
                try (PieceServer server =
                                PieceServer.start(
                                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                                        PieceFixture.PARENT,
                                        (_, _) -> Optional.of(content),
                                        PieceServerSettings.defaults(),
                                        throttle,
                                        System::nanoTime,
                                        new PieceCounters(),
                                        tls);
                        PieceClient client =
                                new PieceClient(
                                        PieceClientSettings.defaults(),
                                        System::nanoTime,
                                        new PieceCounters(),
                                        tls)) {
                    HostPort address = new HostPort("127.0.0.1", server.port());
                    long allocated = allocated();
                    long cpu = cpuNanos();
                    long since = System.nanoTime();
                    pass(client, address, throttle, hash, gib, fetches, geometry);
                    System.out.printf(
                            Locale.ROOT,
                            "%s: %.3f CPU-s/GiB, %.2f GiB/s, %.1f MB allocated per GiB%n",
                            mode.equals("tls") && tls == null ? "plain" : mode,
                            (cpuNanos() - cpu) / 1e9 / gib,
                            gib / ((System.nanoTime() - since) / 1e9),
                            (allocated() - allocated) / 1e6 / gib);
                }
            }
        }
    }

    private static void pass(
            PieceClient client,
            HostPort address,
            Throttle throttle,
            boolean hash,
            int gib,
            int fetches,
            Geometry geometry)
            throws Exception {
        long rangeBytes = (long) geometry.rangeBlocks() * geometry.blockSize();
        int ranges = Math.toIntExact(((long) gib << 30) / rangeBytes);
        AtomicInteger next = new AtomicInteger();
        List<CompletableFuture<Boolean>> workers = new ArrayList<>();
        for (int i = 0; i < fetches; i++) {
            CompletableFuture<Boolean> done = new CompletableFuture<>();
            workers.add(done);
            Thread.ofVirtual()
                    .start(() -> {
                        Hashing receiver = new Hashing(hash);
                        for (int n = next.getAndIncrement();
                                n < ranges;
                                n = next.getAndIncrement()) {
                            RangeResult result =
                                    client.begin(address, request(geometry, n), receiver, throttle)
                                            .run();
                            if (!(result instanceof RangeResult.Complete)) {
                                throw new IllegalStateException(result.toString());
                            }
                        }
                        done.complete(receiver.unlikely != 1);
                    });
        }
        for (CompletableFuture<Boolean> worker : workers) {
            worker.get();
        }
    }

    private static RangeRequest request(Geometry geometry, int n) {
        int range = n % geometry.ranges();
        int first = geometry.firstBlockOfRange(range);
        return new RangeRequest(
                PieceFixture.VERSION,
                PieceFixture.SECRET,
                geometry.pieceOfRange(range),
                first,
                geometry.endBlockOfRange(range),
                false);
    }

    private static long cpuNanos() {
        var system =
                (com.sun.management.OperatingSystemMXBean)
                        ManagementFactory.getOperatingSystemMXBean();
        return system.getProcessCpuTime();
    }

    private static long allocated() {
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        return threads.getTotalThreadAllocatedBytes();
    }
}
