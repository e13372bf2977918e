// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.supernode;

import static org.assertj.core.api.Assertions.assertThat;

import io.dragonfly.core.model.Sha256;
import io.dragonfly.origin.testing.Answers;
import io.dragonfly.origin.testing.Content;
import io.dragonfly.origin.testing.HostileOrigin;
import io.dragonfly.peer.Download;
import io.dragonfly.peer.Peer;
import io.dragonfly.storage.StoredVersion;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/// Disks that change bytes behind the back of the programs: who notices it himself is not blamed.
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class BadDiskTest {
    private static final int MIB = 1 << 20;
    private static final int BLOCK = 256 << 10;

    @TempDir Path home;

    @Test
    void theSeedReadsFromTheOriginAgainWhatItsDiskLost() throws Exception {
        Content content = Content.random(41, 12 * MIB);
        try (HostileOrigin origin = HostileOrigin.start(Answers.honest(content));
                SwarmLog log = new SwarmLog();
                Cluster cluster = Cluster.of(home, 0)) {
            try (Peer first = cluster.startPeer("first")) {
                assertRight(first.download(Cluster.request(origin.url("/f"), 0)), content);
            }
            flip(home.resolve("supernode0"), 5 * MIB);
            Peer second = cluster.addPeer();

            assertRight(second.download(Cluster.request(origin.url("/f"), 0)), content);
            assertThat(origin.bytesSent())
                    .as("once, and the bad block again")
                    .isGreaterThan(12L * MIB)
                    .isLessThan(20L * MIB);
            assertThat(log.isolated()).isEmpty();
            assertThat(log.bugs()).isEmpty();
        }
    }

    @Test
    void aPeerDropsWhatItsDiskLostAndFetchesItAgain() throws Exception {
        Content content = Content.random(42, 12 * MIB);
        try (HostileOrigin origin = HostileOrigin.start(Answers.honest(content));
                SwarmLog log = new SwarmLog();
                Cluster cluster = Cluster.of(home, 1)) {
            Peer first = cluster.peers().getFirst();
            assertRight(first.download(Cluster.request(origin.url("/f"), 0)), content);
            int block = 5 * MIB / BLOCK;
            StoredVersion stored = first.versions().getFirst();
            Sha256 right = stored.digest(block).orElseThrow();
            flip(home.resolve("peer0"), 5 * MIB);
            assertThat(hash(stored, block)).isNotEqualTo(right);

            assertRight(cluster.addPeer().download(Cluster.request(origin.url("/f"), 0)), content);
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
            while (!right.equals(hash(stored, block)) && System.nanoTime() < end) {
                LockSupport.parkNanos(20_000_000);
            }
            assertThat(hash(stored, block)).isEqualTo(right);
            assertThat(log.isolated()).isEmpty();
            assertThat(origin.bytesSent()).isEqualTo(12L * MIB);
        }
    }

    private static Sha256 hash(StoredVersion stored, int block) {
        ByteBuffer bytes = ByteBuffer.allocate(BLOCK);
        try {
            stored.read(block, bytes);
        } catch (IOException e) {
            return Sha256.of(new byte[0]); // just dropped
        }
        return Sha256.of(bytes.flip());
    }

    private static void assertRight(Download download, Content content) throws IOException {
        assertThat(Arrays.equals(Cluster.bytes(download), content.bytes()))
                .as("%s", download.status())
                .isTrue();
    }

    /// Changes one byte of the largest file; size and time stay.
    private static void flip(Path below, long at) throws IOException {
        Path file;
        try (Stream<Path> files = Files.walk(below)) {
            file =
                    files.filter(Files::isRegularFile)
                            .max((a, b) -> Long.compare(a.toFile().length(), b.toFile().length()))
                            .orElseThrow();
        }
        FileTime time = Files.getLastModifiedTime(file);
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer one = ByteBuffer.allocate(1);
            int count = channel.read(one, at);
            assertThat(count).isEqualTo(1);
            one.put(0, (byte) ~one.get(0)).rewind();
            channel.write(one, at);
        }
        Files.setLastModifiedTime(file, time);
    }
}
