// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.origin;

import static org.assertj.core.api.Assertions.assertThat;

import io.dragonfly.core.model.Geometry;
import io.dragonfly.core.model.Sha256;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;

/// Keeps what a reader delivers and checks the contract on the way.
final class CollectingSink implements OriginReader.Sink {
    private final Map<Integer, byte[]> blocks = new ConcurrentSkipListMap<>();
    private final Set<Integer> present = new TreeSet<>();
    private final List<Integer> order = new CopyOnWriteArrayList<>();
    private volatile long length = Geometry.UNKNOWN;

    /// Claims to have blocks from `bytes` already.
    void hold(byte[] bytes, Geometry geometry, int... held) {
        for (int block : held) {
            int from = (int) geometry.blockOffset(block);
            blocks.put(block, Arrays.copyOfRange(bytes, from, from + geometry.blockLength(block)));
            present.add(block);
        }
    }

    @Override
    public boolean has(int block) {
        return present.contains(block);
    }

    @Override
    public void block(int block, Sha256 digest, ByteBuffer bytes) throws IOException {
        byte[] copy = new byte[bytes.remaining()];
        bytes.duplicate().get(copy);
        assertThat(digest).isEqualTo(Sha256.of(copy));
        assertThat(blocks.put(block, copy)).as("block %d came twice", block).isNull();
        order.add(block);
    }

    @Override
    public void length(long newLength) {
        assertThat(length).isEqualTo(Geometry.UNKNOWN);
        length = newLength;
    }

    /// Blocks in the order of their arrival.
    List<Integer> order() {
        return List.copyOf(order);
    }

    long length() {
        return length;
    }

    /// The blocks in their order, joined.
    byte[] bytes() {
        byte[] all = new byte[blocks.values().stream().mapToInt(b -> b.length).sum()];
        int at = 0;
        for (byte[] block : blocks.values()) {
            System.arraycopy(block, 0, all, at, block.length);
            at += block.length;
        }
        return all;
    }

    /// Whether each block that came equals that part of `content`.
    boolean isPartOf(byte[] content, int blockSize) {
        return blocks.entrySet().stream()
                .allMatch(e -> {
                    int from = e.getKey() * blockSize;
                    int end = from + e.getValue().length;
                    return end <= content.length
                            && Arrays.equals(e.getValue(), Arrays.copyOfRange(content, from, end));
                });
    }

    /// Fails unless each block that came is right.
    void assertOnlyPartsOf(byte[] content, int blockSize) {
        assertThat(isPartOf(content, blockSize)).as("only right blocks").isTrue();
    }
}
