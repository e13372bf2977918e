// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.bench.micro;

import io.dragonfly.core.model.Geometry;
import io.dragonfly.core.model.Sha256;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;

/// The check of one block of 256 KiB, as it lies in the buffer that it was received into.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class VerifyBench {
    private final ByteBuffer block = ByteBuffer.allocateDirect(Geometry.BLOCK_SIZE);
    private final byte[] heap = new byte[Geometry.BLOCK_SIZE];
    private final Sha256 expected = Sha256.of(heap);

    @Benchmark
    public boolean direct() {
        return Sha256.of(block.duplicate()).equals(expected);
    }

    /// The same of an array: what the digest costs alone.
    @Benchmark
    public boolean array() {
        return Sha256.of(heap).equals(expected);
    }
}
