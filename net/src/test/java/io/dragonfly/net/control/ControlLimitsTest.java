// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.net.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.dragonfly.core.model.HostPort;
import io.dragonfly.core.protocol.FromPeer;
import io.dragonfly.core.protocol.FromSupernode;
import io.dragonfly.core.protocol.MessageCodec;
import io.dragonfly.core.protocol.ProtocolException;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// What happens at the limits of a stream, and with other sides that misbehave.
@Timeout(120)
final class ControlLimitsTest {
    private static final String VERSION = "0123456789abcdef0123456789abcdef";
    private static final ControlSettings SETTINGS = ControlSettings.DEFAULT;
    private static final ControlSettings SHORT =
            SETTINGS.withKeepAlive(Duration.ofMillis(100), Duration.ofMillis(400));
    private static final String HELLO = hello();
    private static final FromSupernode BIG =
            new FromSupernode.BlockDigests(VERSION, 0, "A".repeat(100_000));

    private final ControlClient client = new ControlClient(SETTINGS, System::nanoTime);
    private final Recorder recorder = new Recorder();

    @AfterEach
    void close() {
        client.close();
    }

    @Test
    void a_peer_that_does_not_read_loses_its_stream_when_the_queue_is_full() throws Exception {
        try (TestSupernode supernode =
                        new TestSupernode(SETTINGS.withQueue(200, MessageCodec.MAX_BYTES));
                RawWebSocket _ = RawWebSocket.connect(supernode.address()).text(HELLO)) {
            PeerStream peer = supernode.stream();
            while (!supernode.closed.isDone()) {
                peer.send(BIG);
            }
            assertThat(supernode.closedReason()).contains("the outgoing queue is full");
            assertThat(supernode.control.streams()).isZero();
            peer.send(BIG); // says nothing and does nothing
        }
    }

    @Test
    void a_supernode_that_does_not_read_loses_its_stream_when_the_queue_is_full() throws Exception {
        CountDownLatch test = new CountDownLatch(1);
        try (TestSupernode supernode =
                        new TestSupernode(SETTINGS) {
                            @Override
                            public void received(PeerStream stream, List<FromPeer> messages)
                                    throws ProtocolException {
                                try {
                                    test.await();
                                } catch (InterruptedException e) {
                                    throw new IllegalStateException(e);
                                }
                            }
                        };
                ControlClient small =
                        new ControlClient(
                                SETTINGS.withQueue(50, MessageCodec.MAX_BYTES), System::nanoTime)) {
            ControlStream stream =
                    small.connect(supernode.address(), ControlStreamTest.HELLO, recorder);
            List<Integer> many = Collections.nCopies(16_000, Integer.MAX_VALUE);
            while (!recorder.isClosed()) {
                stream.send(new FromPeer.Progress(VERSION, many, many, 0, 0));
            }
            assertThat(recorder.closedReason()).contains("the outgoing queue is full");
            test.countDown();
        }
    }

    @Test
    void a_frozen_peer_is_noticed() throws Exception {
        try (TestSupernode supernode = new TestSupernode(SHORT);
                RawWebSocket frozen = RawWebSocket.connect(supernode.address()).text(HELLO)) {
            assertThat(frozen.read(RawWebSocket.TEXT).text()).contains("welcome");
            assertThat(frozen.read(RawWebSocket.PING).raw()).isEmpty();
            assertThat(supernode.closedReason()).isEqualTo("nothing heard for 400 ms");
        }
    }

    @Test
    void a_frozen_supernode_is_noticed() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                ControlClient impatient = new ControlClient(SHORT, System::nanoTime)) {
            Thread frozen =
                    Thread.startVirtualThread(() -> {
                        try {
                            RawWebSocket socket = RawWebSocket.accept(server.accept());
                            socket.read(RawWebSocket.TEXT);
                            socket.text(welcome());
                        } catch (Exception e) {
                            throw new IllegalStateException(e);
                        }
                    });
            impatient.connect(
                    new HostPort("127.0.0.1", server.getLocalPort()),
                    ControlStreamTest.HELLO,
                    recorder);
            frozen.join();
            assertThat(recorder.closedReason()).isEqualTo("nothing heard for 400 ms");
        }
    }

    @Test
    void a_stream_without_messages_stays_open() throws Exception {
        ControlSettings settings =
                SETTINGS.withKeepAlive(Duration.ofMillis(100), Duration.ofSeconds(3));
        try (TestSupernode supernode = new TestSupernode(settings);
                ControlClient quiet = new ControlClient(settings, System::nanoTime)) {
            quiet.connect(supernode.address(), ControlStreamTest.HELLO, recorder);
            assertThat(new CountDownLatch(1).await(3500, TimeUnit.MILLISECONDS)).isFalse();
            assertThat(recorder.isClosed()).isFalse();
            assertThat(supernode.closed).isNotDone();
        }
    }

    @Test
    void a_receiver_that_takes_longer_than_the_keep_alive_keeps_its_stream() throws Exception {
        ControlSettings settings =
                SETTINGS.withKeepAlive(Duration.ofMillis(100), Duration.ofMillis(1500));
        CountDownLatch slept = new CountDownLatch(1);
        try (TestSupernode supernode =
                        new TestSupernode(settings) {
                            @Override
                            public void received(PeerStream stream, List<FromPeer> messages)
                                    throws ProtocolException {
                                try {
                                    boolean never = slept.await(3, TimeUnit.SECONDS);
                                    assertThat(never).isFalse();
                                } catch (InterruptedException e) {
                                    throw new IllegalStateException(e);
                                }
                                super.received(stream, messages);
                            }
                        };
                ControlClient quiet = new ControlClient(settings, System::nanoTime)) {
            ControlStream stream =
                    quiet.connect(supernode.address(), ControlStreamTest.HELLO, recorder);
            stream.send(new FromPeer.Slots(1, 1));
            supernode.take(1);
            supernode.stream().send(new FromSupernode.Length(VERSION, 1));
            recorder.take(1);
        }
    }

    @Test
    void a_peer_connects_again_after_a_restart_of_the_supernode() throws Exception {
        HostPort address;
        try (TestSupernode supernode = new TestSupernode(SETTINGS)) {
            address = supernode.address();
            client.connect(address, ControlStreamTest.HELLO, recorder);
        }
        assertThat(recorder.closedReason())
                .isEqualTo("closed by the other side: the supernode ends");
        assertThatThrownBy(() -> client.connect(address, ControlStreamTest.HELLO, new Recorder()))
                .isInstanceOf(IOException.class);
        Recorder again = new Recorder();
        try (TestSupernode supernode = new TestSupernode(SETTINGS, address.port())) {
            client.connect(address, ControlStreamTest.HELLO, again);
            supernode.stream().send(new FromSupernode.Length(VERSION, 1));
            assertThat(again.take(1)).hasSize(1);
        }
    }

    @Test
    void garbage_ends_the_stream_with_a_line_that_says_why() throws Exception {
        try (TestSupernode supernode = new TestSupernode(SETTINGS)) {
            assertRefused(supernode, "nonsense", "the frame is not JSON");
            assertRefused(supernode, "{}", "the frame is not a JSON array");
            assertRefused(supernode, "[{\"type\":\"bye\"}]", "the first message is no hello");
            assertRefused(
                    supernode, HELLO.replace("]", "," + HELLO.substring(1)), "a second hello");
            assertRefused(
                    supernode, HELLO.replace("65002", "-1"), "hello.piecePort is out of range");
        }
    }

    @Test
    void garbage_after_the_hello_ends_the_stream_and_the_listener_knows() throws Exception {
        try (TestSupernode supernode = new TestSupernode(SETTINGS);
                RawWebSocket peer = RawWebSocket.connect(supernode.address()).text(HELLO)) {
            peer.text("[{\"type\":\"slots\"}]");
            assertThat(peer.read(RawWebSocket.CLOSE).reason())
                    .contains("slots.download is missing");
            assertThat(supernode.closedReason()).contains("slots.download is missing");
        }
    }

    @Test
    void frames_that_are_binary_too_large_or_no_frames_end_the_stream() throws Exception {
        try (TestSupernode supernode = new TestSupernode(SETTINGS)) {
            try (RawWebSocket peer = RawWebSocket.connect(supernode.address()).text(HELLO)) {
                peer.frame(RawWebSocket.BINARY, true, new byte[3]);
                assertThat(peer.read(RawWebSocket.CLOSE).closeCode()).isEqualTo(1003);
            }
            try (RawWebSocket peer = RawWebSocket.connect(supernode.address()).text(HELLO)) {
                peer.bytes(
                        new byte[] {
                            (byte) 0x81, (byte) 0xff, 0, 0, 0, 0, 0x7f, 0, 0, 0, 1, 2, 3, 4, 5
                        });
                assertThat(peer.read(RawWebSocket.CLOSE).closeCode()).isEqualTo(1009);
            }
            try (RawWebSocket peer = RawWebSocket.connect(supernode.address()).text(HELLO)) {
                peer.frame(RawWebSocket.TEXT, false, new byte[1000]);
                for (int i = 0; i < 2; i++) {
                    peer.frame(RawWebSocket.CONTINUATION, false, new byte[600_000]);
                }
                assertThat(peer.read(RawWebSocket.CLOSE).closeCode()).isEqualTo(1009);
            }
            try (RawWebSocket peer = RawWebSocket.connect(supernode.address()).text(HELLO)) {
                peer.bytes(new byte[] {0x73, 1, 2, 3, 4, 5, 6, 7, 8, 9});
                assertThat(peer.read(RawWebSocket.CLOSE).closeCode()).isEqualTo(1002);
            }
        }
    }

    @Test
    void frames_that_were_cut_on_their_way_are_put_together() throws Exception {
        try (TestSupernode supernode = new TestSupernode(SETTINGS);
                RawWebSocket peer = RawWebSocket.connect(supernode.address())) {
            peer.frame(RawWebSocket.TEXT, false, HELLO.substring(0, 20).getBytes(UTF_8));
            peer.frame(RawWebSocket.PING, true, "between".getBytes(UTF_8));
            peer.frame(RawWebSocket.CONTINUATION, false, HELLO.substring(20, 50).getBytes(UTF_8));
            peer.frame(RawWebSocket.CONTINUATION, true, HELLO.substring(50).getBytes(UTF_8));
            assertThat(peer.read(RawWebSocket.PONG).text()).isEqualTo("between");
            assertThat(peer.read(RawWebSocket.TEXT).text()).contains("welcome");
        }
    }

    @Test
    void a_peer_that_says_no_hello_is_sent_away() throws Exception {
        ControlSettings settings = SETTINGS.withHandshakeTimeout(Duration.ofMillis(200));
        try (TestSupernode supernode = new TestSupernode(settings);
                RawWebSocket peer = RawWebSocket.connect(supernode.address())) {
            assertThat(peer.read(RawWebSocket.CLOSE).reason()).isEqualTo("no hello within 200 ms");
            assertThat(supernode.closed).isNotDone();
        }
    }

    @Test
    void too_many_messages_per_second_end_the_stream() throws Exception {
        try (TestSupernode supernode = new TestSupernode(SETTINGS.withMaxMessagesPerSecond(10));
                RawWebSocket peer = RawWebSocket.connect(supernode.address()).text(HELLO)) {
            peer.text(
                    "["
                            + "{\"type\":\"slots\",\"download\":1,\"upload\":1},".repeat(99)
                            + "{\"type\":\"x\"}]");
            peer.text("[{\"type\":\"slots\",\"download\":1,\"upload\":1}]");
            assertThat(supernode.closedReason()).isEqualTo("more than 10 messages per second");
        }
    }

    @Test
    void a_supernode_that_is_full_says_so_before_the_upgrade() throws Exception {
        try (TestSupernode supernode = new TestSupernode(SETTINGS.withMaxStreams(1))) {
            client.connect(supernode.address(), ControlStreamTest.HELLO, recorder);
            assertThatThrownBy(() ->
                            client.connect(
                                    supernode.address(), ControlStreamTest.HELLO, new Recorder()))
                    .isInstanceOfSatisfying(
                            ControlException.class, e -> assertThat(e.code()).isEqualTo("busy"));
        }
    }

    @Test
    void what_is_no_control_client_gets_an_http_answer() throws Exception {
        try (TestSupernode supernode = new TestSupernode(SETTINGS)) {
            try (RawWebSocket browser =
                    RawWebSocket.connect(supernode.address(), "Origin: http://evil\r\n")) {
                assertThat(browser.head()).startsWith("HTTP/1.1 403 ");
            }
            try (RawWebSocket old =
                    RawWebSocket.connect(
                            supernode.address(), "Upgrade: h2c\r\nConnection: close\r\n")) {
                assertThat(old.head()).startsWith("HTTP/1.1 4");
            }
            assertThat(supernode.control.streams()).isZero();
        }
    }

    @Test
    void compression_is_not_agreed_to() throws Exception {
        try (TestSupernode supernode = new TestSupernode(SETTINGS);
                RawWebSocket peer =
                        RawWebSocket.connect(
                                supernode.address(),
                                "Sec-WebSocket-Extensions: permessage-deflate\r\n")) {
            assertThat(peer.head())
                    .startsWith("HTTP/1.1 101 ")
                    .doesNotContainIgnoringCase("permessage-deflate");
        }
    }

    @Test
    void a_message_beyond_a_limit_is_the_senders_error_and_nothing_is_sent() throws Exception {
        try (TestSupernode supernode = new TestSupernode(SETTINGS)) {
            ControlStream stream =
                    client.connect(supernode.address(), ControlStreamTest.HELLO, recorder);
            assertThatThrownBy(() ->
                            stream.send(new FromPeer.Slots(1, 1), new FromPeer.Leave("short")))
                    .isInstanceOf(IllegalArgumentException.class);
            stream.send(new FromPeer.Bye());
            assertThat(supernode.take(1)).containsExactly(new FromPeer.Bye());
        }
    }

    @Test
    void a_receiver_that_throws_ends_its_stream_only() throws Exception {
        try (TestSupernode supernode =
                new TestSupernode(SETTINGS) {
                    @Override
                    public void received(PeerStream stream, List<FromPeer> messages)
                            throws ProtocolException {
                        throw new IllegalStateException("a bug");
                    }
                }) {
            ControlStream stream =
                    client.connect(supernode.address(), ControlStreamTest.HELLO, recorder);
            Recorder other = new Recorder();
            client.connect(supernode.address(), ControlStreamTest.HELLO, other);
            stream.send(new FromPeer.Bye());
            assertThat(recorder.closedReason())
                    .isEqualTo("closed by the other side: internal error");
            assertThat(other.isClosed()).isFalse();
        }
    }

    private static void assertRefused(TestSupernode supernode, String frame, String reason)
            throws IOException {
        try (RawWebSocket peer = RawWebSocket.connect(supernode.address()).text(frame)) {
            assertThat(peer.read(RawWebSocket.CLOSE).reason()).contains(reason);
        }
    }

    private static String hello() {
        MessageCodec codec = new MessageCodec();
        return codec.text(List.of(codec.encode(ControlStreamTest.HELLO)));
    }

    private static String welcome() {
        MessageCodec codec = new MessageCodec();
        return codec.text(List.of(codec.encode(TestSupernode.WELCOME)));
    }
}
