// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.peer;

import io.dragonfly.core.model.Geometry;
import io.dragonfly.core.model.Sha256;

import java.nio.ByteBuffer;

/// Has SHA-256 compiled before the first download needs it: the processor's SHA instructions are
/// used only in code that the optimising compiler made.
public final class HashWarmUp {
    /// About 24 MB: thousands of rounds of the inner loop, which is what the compiler counts.
    private static final int BLOCKS = 96;

    private HashWarmUp() {}

    /// Starts in the background; takes no lock and leaves nothing behind.
    public static void start() {
        Thread.ofPlatform().daemon().name("hash-warm-up").start(HashWarmUp::run);
    }

    private static void run() {
        ByteBuffer block = ByteBuffer.allocateDirect(Geometry.BLOCK_SIZE);
        for (int i = 0; i < BLOCKS; i++) {
            block.clear();
            block.put(0, Sha256.of(block).hex().getBytes(java.nio.charset.StandardCharsets.UTF_8));
        }
    }
}
