// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.net.piece;

import static io.dragonfly.net.piece.PieceCounters.Count.CONNECTIONS_OPENED;
import static io.dragonfly.net.piece.PieceFixture.BLOCK;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dragonfly.core.model.HostPort;
import io.dragonfly.core.model.PeerId;
import io.dragonfly.core.protocol.FailureReason;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;

/// Fetches that somebody ends before their range is whole, and who answers at all.
@Timeout(60)
@ParameterizedClass(name = "TLS {0}")
@ValueSource(booleans = {false, true})
class FetchEndingTest {
    @Parameter boolean tls;

    private static RangeResult.Failed failed(RangeResult result) {
        assertThat(result).isInstanceOf(RangeResult.Failed.class);
        return (RangeResult.Failed) result;
    }

    @Test
    void cancellingEndsAFetchThatWaits() throws Exception {
        try (PieceFixture fixture = PieceFixture.over(tls)) {
            TestContent content = fixture.content(10 * BLOCK);
            Recorder recorder = new Recorder();
            PieceClient.Fetch fetch = fixture.fetch(0, 2, recorder);

            CompletableFuture<RangeResult> result = PieceFixture.start(fetch);
            recorder.waited.await();
            fetch.cancel();

            assertThat(result.get()).isEqualTo(new RangeResult.Cancelled());
            PieceFixture.eventually(() -> content.retained() == 0);
        }
    }

    @Test
    void aFetchThatWasCancelledBeforeItRanDoesNothing() throws IOException {
        try (PieceFixture fixture = PieceFixture.over(tls)) {
            PieceClient.Fetch fetch = fixture.fetch(0, 2, new Recorder());

            fetch.cancel();

            assertThat(fetch.run()).isEqualTo(new RangeResult.Cancelled());
            assertThat(fixture.clientCounters.get(CONNECTIONS_OPENED)).isZero();
            assertThatThrownBy(fetch::run).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void stoppingLetsTheBlockOnItsWayEnd() throws IOException {
        try (PieceFixture fixture = PieceFixture.over(tls)) {
            TestContent content = fixture.content(10 * BLOCK).putAll();
            AtomicReference<Runnable> stop = new AtomicReference<>(() -> {});
            Recorder recorder =
                    new Recorder() {
                        @Override
                        public void received(int bytes) {
                            if (blocks.size() == 2) {
                                stop.get().run();
                            }
                        }
                    };
            PieceClient.Fetch fetch = fixture.fetch(0, 8, recorder);
            stop.set(fetch::stopAtNextBlock);

            assertThat(fetch.run()).isEqualTo(new RangeResult.Cancelled());

            assertThat(recorder.blocks.keySet()).containsExactly(0, 1, 2);
            assertThat(recorder.blocks.get(2)).isEqualTo(content.block(2));
            PieceFixture.eventually(() -> content.retained() == 0);
        }
    }

    @Test
    void stoppingBetweenBlocksEndsAtOnce() throws Exception {
        try (PieceFixture fixture = PieceFixture.over(tls)) {
            TestContent content = fixture.content(10 * BLOCK);
            content.put(0);
            Recorder recorder = new Recorder();
            PieceClient.Fetch fetch = fixture.fetch(0, 2, recorder);

            CompletableFuture<RangeResult> result = PieceFixture.start(fetch);
            recorder.waited.await();
            fetch.stopAtNextBlock();

            assertThat(result.get()).isEqualTo(new RangeResult.Cancelled());
            assertThat(recorder.blocks.keySet()).containsExactly(0);
        }
    }

    @Test
    void stoppingInTheLastBlockLeavesTheRangeComplete() throws IOException {
        try (PieceFixture fixture = PieceFixture.over(tls)) {
            fixture.content(10 * BLOCK).putAll();
            AtomicReference<Runnable> stop = new AtomicReference<>(() -> {});
            Recorder recorder =
                    new Recorder() {
                        @Override
                        public void received(int bytes) {
                            stop.get().run();
                        }
                    };
            PieceClient.Fetch fetch = fixture.fetch(0, 1, recorder);
            stop.set(fetch::stopAtNextBlock);

            assertThat(fetch.run()).isEqualTo(new RangeResult.Complete(1));
        }
    }

    @Test
    void aClosingServerSaysSoToThoseWhoWait() throws Exception {
        try (PieceFixture fixture = PieceFixture.over(tls)) {
            fixture.content(10 * BLOCK);
            Recorder recorder = new Recorder();
            CompletableFuture<RangeResult> result =
                    PieceFixture.start(fixture.fetch(0, 2, recorder));
            recorder.waited.await();

            fixture.server.close();

            assertThat(failed(result.get()).reason()).isEqualTo(FailureReason.CLOSED);
            assertThat(failed(result.get()).message()).contains("shutting down");
            assertThat(failed(fixture.fetch(0, 2, new Recorder()).run()).reason())
                    .isEqualTo(FailureReason.UNREACHABLE);
        }
    }

    @Test
    void aClosedClientCancelsItsFetches() throws Exception {
        try (PieceFixture fixture = PieceFixture.over(tls)) {
            fixture.content(10 * BLOCK);
            Recorder recorder = new Recorder();
            CompletableFuture<RangeResult> result =
                    PieceFixture.start(fixture.fetch(0, 2, recorder));
            recorder.waited.await();

            fixture.client.close();

            assertThat(result.get()).isEqualTo(new RangeResult.Cancelled());
            assertThat(fixture.fetch(0, 2, new Recorder()).run())
                    .isEqualTo(new RangeResult.Cancelled());
        }
    }

    @Test
    void aProbeKnowsWhoAnswers() throws IOException {
        try (PieceFixture fixture = PieceFixture.over(tls)) {
            Duration timeout = Duration.ofSeconds(20);
            PieceClient client = fixture.client;

            assertThat(client.probe(fixture.address, PieceFixture.PARENT, timeout)).isEmpty();
            assertThat(client.probe(fixture.address, new PeerId("another"), timeout)).isPresent();
            fixture.server.close();
            assertThat(client.probe(fixture.address, PieceFixture.PARENT, timeout)).isPresent();
            HostPort nowhere = new HostPort("no-such-host.invalid", 1);
            assertThat(client.probe(nowhere, PieceFixture.PARENT, timeout)).isPresent();
        }
    }
}
