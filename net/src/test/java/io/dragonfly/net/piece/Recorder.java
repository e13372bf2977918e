// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.net.piece;

import io.dragonfly.core.model.Sha256;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/// Keeps what comes.
class Recorder implements RangeReceiver {
    final Map<Integer, byte[]> blocks = new TreeMap<>();
    final AtomicLong received = new AtomicLong();
    final AtomicInteger waits = new AtomicInteger();
    final CountDownLatch waited = new CountDownLatch(1);
    Optional<List<Sha256>> digests = Optional.empty();

    @Override
    public boolean digests(List<Sha256> list) {
        digests = Optional.of(list);
        return true;
    }

    @Override
    public boolean block(int block, ByteBuffer bytes) throws IOException {
        byte[] copy = new byte[bytes.remaining()];
        bytes.get(copy);
        blocks.put(block, copy);
        return true;
    }

    @Override
    public void received(int bytes) {
        received.addAndGet(bytes);
    }

    @Override
    public void waiting() {
        waits.incrementAndGet();
        waited.countDown();
    }
}
