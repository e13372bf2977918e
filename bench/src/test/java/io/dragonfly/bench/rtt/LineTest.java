// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.bench.rtt;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.TimeUnit;

@Timeout(value = 1, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LineTest {
    @Test
    void whatPassesTakesItsTimeAndArrivesAfterTheDelay() {
        Line line = new Line(8_000_000, 1000, 0); // a byte takes a microsecond
        assertThat(line.arrival(10, 0)).isEqualTo(11_000);
        assertThat(line.arrival(10, 0)).isEqualTo(21_000);
        assertThat(line.arrival(1, 100_000)).isEqualTo(102_000);
        assertThat(line.capacity(5)).isEqualTo(6);
    }

    @Test
    void bytesGoBothWaysAndTheEndIsPassedOn() throws IOException {
        InetAddress here = InetAddress.getLoopbackAddress();
        long now = System.nanoTime();
        Line line = new Line(8_000_000_000L, 2_000_000, now);
        try (ServerSocket server = new ServerSocket(0, 10, here);
                Relay relay =
                        new Relay(
                                new InetSocketAddress(here, 0),
                                new InetSocketAddress(here, server.getLocalPort()),
                                line,
                                line,
                                System::nanoTime);
                Socket client = new Socket(here, relay.port());
                Socket accepted = server.accept()) {
            byte[] many = new byte[3 << 20];
            many[many.length - 1] = 7;
            client.getOutputStream().write(1);
            assertThat(accepted.getInputStream().read()).isEqualTo(1);
            Thread.ofVirtual().start(() -> send(accepted, many));
            assertThat(client.getInputStream().readAllBytes()).isEqualTo(many);
            assertThat(System.nanoTime() - now).isGreaterThan(4_000_000);
        }
    }

    private static void send(Socket to, byte[] bytes) {
        try {
            to.getOutputStream().write(bytes);
            to.shutdownOutput();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
