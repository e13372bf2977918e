// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dragonfly.origin.testing.Answers;
import io.dragonfly.origin.testing.Content;
import io.dragonfly.origin.testing.HostileOrigin;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

@Timeout(60)
final class RelayTest {
    private static final int LENGTH = 5_000_000;

    private final HostileOrigin origin =
            HostileOrigin.start(Answers.closeDelimited(Content.random(1, LENGTH)));
    private Relay relay;

    RelayTest() throws IOException {}

    @BeforeEach
    void start() throws IOException {
        relay = Relay.before(origin.port());
    }

    @AfterEach
    void stop() throws IOException {
        relay.close();
        origin.close();
    }

    private Socket ask() throws IOException {
        Socket socket = new Socket(InetAddress.ofLiteral("127.0.0.1"), relay.port());
        socket.getOutputStream()
                .write("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    private int readAll() throws IOException {
        try (Socket socket = ask();
                InputStream in = socket.getInputStream()) {
            return in.readAllBytes().length;
        }
    }

    @Test
    void everythingGoesThroughAndIsCounted() throws IOException {
        int count = readAll();

        assertThat(count).isGreaterThan(LENGTH);
        assertThat(relay.down()).isEqualTo(count);
        assertThat(relay.up()).isEqualTo("GET / HTTP/1.1\r\nHost: x\r\n\r\n".length());
        assertThat(relay.connections()).isEqualTo(1);
        assertThat(relay.mostOpen()).isEqualTo(1);
    }

    @Test
    void aConnectionIsResetAfterSoManyBytesAndTheNextIsNot() throws IOException {
        relay.resetAfter(LENGTH / 2);

        assertThatThrownBy(this::readAll).hasMessageContaining("reset");
        assertThat(relay.down()).isBetween(LENGTH / 2L, LENGTH / 2 + 200_000L);
        assertThat(readAll()).isGreaterThan(LENGTH);
    }

    @Test
    void whatIsStalledGoesOnAfterwards() throws IOException {
        relay.stall();
        try (Socket first = ask();
                Socket second = ask()) {
            Wait.until(
                    "both are there",
                    java.time.Duration.ofSeconds(20),
                    () -> relay.mostOpen() == 2);
            assertThat(relay.up()).isZero();
            relay.resume();
            assertThat(first.getInputStream().readAllBytes()).hasSizeGreaterThan(LENGTH);
            assertThat(second.getInputStream().readAllBytes()).hasSizeGreaterThan(LENGTH);
        }
    }

    @Test
    void aLimitSlowsAllAnswersTogether() throws IOException {
        relay.limit(10_000_000);
        long start = System.nanoTime();

        assertThat(readAll()).isGreaterThan(LENGTH);

        assertThat(System.nanoTime() - start).isGreaterThan(400_000_000L);
    }
}
