// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.bench.micro;

import io.dragonfly.core.protocol.FromPeer;
import io.dragonfly.core.protocol.FromSupernode;
import io.dragonfly.core.protocol.MessageCodec;
import io.dragonfly.core.protocol.ProtocolException;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

import java.util.List;
import java.util.concurrent.TimeUnit;

/// The two messages that there are most of, one in a frame: a peer's report and a supernode's
/// offer.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class CodecBench {
    private final MessageCodec codec = new MessageCodec();
    private final FromPeer.Progress progress =
            new FromPeer.Progress("0".repeat(32), List.of(), List.of(123), 45, 6_000_000);
    private final FromSupernode.Offer offer =
            new FromSupernode.Offer(
                    "0".repeat(32),
                    123,
                    492,
                    "9f0c1d2e3b4a5968",
                    "10.1.2.3",
                    65_002,
                    "0".repeat(64));
    private final byte[] progressFrame = codec.frame(List.of(codec.encode(progress)));
    private final byte[] offerFrame = codec.frame(List.of(codec.encode(offer)));

    @Benchmark
    public byte[] encodeProgress() {
        return codec.encode(progress);
    }

    @Benchmark
    public byte[] encodeOffer() {
        return codec.encode(offer);
    }

    @Benchmark
    public List<FromPeer> decodeProgress() throws ProtocolException {
        return codec.decodeFromPeer(progressFrame);
    }

    @Benchmark
    public List<FromSupernode> decodeOffer() throws ProtocolException {
        return codec.decodeFromSupernode(offerFrame);
    }
}
