// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.net.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dragonfly.core.model.HostPort;
import io.dragonfly.core.protocol.FromPeer;
import io.dragonfly.core.protocol.FromSupernode;
import io.dragonfly.core.protocol.HelloAnswer;
import io.dragonfly.core.protocol.ProtocolException;
import io.dragonfly.core.protocol.ProtocolVersion;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

@Timeout(120)
final class ControlStreamTest {
    private static final String VERSION = "0123456789abcdef0123456789abcdef";
    private static final ControlSettings SETTINGS = ControlSettings.DEFAULT;
    static final FromPeer.Hello HELLO =
            new FromPeer.Hello(1, 2, "peer-1", "host", null, 65002, "", "", "", null, "test 1");

    private final ControlClient client = new ControlClient(SETTINGS, System::nanoTime);
    private final Recorder recorder = new Recorder();

    @AfterEach
    void close() {
        client.close();
    }

    @Test
    void a_peer_is_welcomed_and_both_sides_talk() throws Exception {
        try (TestSupernode supernode = new TestSupernode(SETTINGS)) {
            ControlStream stream = client.connect(supernode.address(), HELLO, recorder);
            assertThat(stream.welcome()).isEqualTo(TestSupernode.WELCOME);
            assertThat(stream.localHost()).isEqualTo("127.0.0.1");
            assertThat(stream.remoteHost()).isEqualTo("127.0.0.1");
            assertThat(supernode.hellos.take()).isEqualTo(HELLO);
            PeerStream peer = supernode.stream();
            assertThat(peer.remoteHost()).isEqualTo("127.0.0.1");
            assertThat(supernode.control.streams()).isEqualTo(1);

            stream.send(new FromPeer.Slots(1, 2), new FromPeer.Leave(VERSION));
            assertThat(supernode.take(2))
                    .containsExactly(new FromPeer.Slots(1, 2), new FromPeer.Leave(VERSION));
            peer.send(new FromSupernode.Length(VERSION, 7));
            assertThat(recorder.take(1)).containsExactly(new FromSupernode.Length(VERSION, 7));

            stream.send(new FromPeer.Bye());
            stream.close("done");
            assertThat(recorder.closedReason()).isEqualTo("done");
            assertThat(supernode.take(1)).containsExactly(new FromPeer.Bye());
            assertThat(supernode.closedReason()).isEqualTo("closed by the other side: done");
            assertThat(supernode.control.streams()).isZero();
        }
    }

    @Test
    void a_supernode_closes_a_stream_after_what_it_has_sent() throws Exception {
        try (TestSupernode supernode = new TestSupernode(SETTINGS)) {
            client.connect(supernode.address(), HELLO, recorder);
            PeerStream peer = supernode.stream();
            peer.send(new FromSupernode.Length(VERSION, 7));
            peer.close("go away");
            assertThat(recorder.take(1)).hasSize(1);
            assertThat(recorder.closedReason()).isEqualTo("closed by the other side: go away");
            assertThat(supernode.closedReason()).isEqualTo("go away");
        }
    }

    @Test
    void a_rejected_peer_learns_why() throws Exception {
        try (TestSupernode supernode =
                new TestSupernode(SETTINGS) {
                    @Override
                    public HelloAnswer hello(PeerStream stream, FromPeer.Hello hello, int version) {
                        stream.send(new FromSupernode.Length(VERSION, 1));
                        return new FromSupernode.Rejected("denied", "the cluster token is wrong");
                    }
                }) {
            assertThatThrownBy(() -> client.connect(supernode.address(), HELLO, recorder))
                    .isInstanceOfSatisfying(
                            ControlException.class, e -> assertThat(e.code()).isEqualTo("denied"))
                    .hasMessage("the cluster token is wrong");
            assertThat(recorder.frames()).isEmpty();
            assertThat(recorder.isClosed()).isFalse();
            assertThat(supernode.closed).isNotDone();
        }
    }

    @Test
    void a_peer_without_a_common_version_is_rejected() throws Exception {
        FromPeer.Hello newer =
                new FromPeer.Hello(7, 9, "peer-1", "host", null, 1, "", "", "", null, "test 9");
        try (TestSupernode supernode = new TestSupernode(SETTINGS)) {
            assertThatThrownBy(() -> client.connect(supernode.address(), newer, recorder))
                    .isInstanceOfSatisfying(
                            ControlException.class,
                            e -> assertThat(e.code()).isEqualTo("incompatible"))
                    .hasMessageContaining("versions 7 to 9")
                    .hasMessageContaining("version 1");
            assertThat(supernode.hellos).isEmpty();
        }
    }

    @Test
    void the_supernode_is_told_the_newest_version_that_both_speak() throws Exception {
        AtomicInteger chosen = new AtomicInteger();
        try (TestSupernode supernode =
                new TestSupernode(SETTINGS) {
                    @Override
                    public HelloAnswer hello(PeerStream stream, FromPeer.Hello hello, int version) {
                        chosen.set(version);
                        return WELCOME;
                    }
                }) {
            assertThat(HELLO.maxVersion()).isGreaterThan(ProtocolVersion.MAX);
            client.connect(supernode.address(), HELLO, recorder);
            assertThat(chosen).hasValue(ProtocolVersion.MAX);
        }
    }

    @Test
    void messages_that_make_no_sense_end_the_stream_with_the_reason() throws Exception {
        try (TestSupernode supernode =
                new TestSupernode(SETTINGS) {
                    @Override
                    public void received(PeerStream stream, List<FromPeer> messages)
                            throws ProtocolException {
                        throw new ProtocolException(
                                ProtocolException.Code.BAD_VALUE, "no such range");
                    }
                }) {
            ControlStream stream = client.connect(supernode.address(), HELLO, recorder);
            stream.send(new FromPeer.Leave(VERSION));
            assertThat(recorder.closedReason()).contains("no such range");
        }
    }

    @Test
    void what_is_sent_before_the_welcome_comes_after_it() throws Exception {
        try (TestSupernode supernode =
                new TestSupernode(SETTINGS) {
                    @Override
                    public HelloAnswer hello(PeerStream stream, FromPeer.Hello hello, int version) {
                        stream.send(new FromSupernode.Length(VERSION, 1));
                        return WELCOME;
                    }
                }) {
            ControlStream stream = client.connect(supernode.address(), HELLO, recorder);
            assertThat(stream.welcome()).isEqualTo(TestSupernode.WELCOME);
            assertThat(recorder.take(1)).containsExactly(new FromSupernode.Length(VERSION, 1));
        }
    }

    @Test
    void nobody_or_somebody_else_at_the_address_is_an_error_of_one_line() throws Exception {
        HostPort nobody;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            nobody = new HostPort("127.0.0.1", socket.getLocalPort());
        }
        assertThatThrownBy(() -> client.connect(nobody, HELLO, recorder))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(nobody.toString())
                .hasMessageContaining("refused");
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                ControlClient hasty =
                        new ControlClient(
                                SETTINGS.withHandshakeTimeout(Duration.ofMillis(200)),
                                System::nanoTime)) {
            HostPort address = new HostPort("127.0.0.1", silent.getLocalPort());
            assertThatThrownBy(() -> hasty.connect(address, HELLO, recorder))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("no answer within 200 ms");
        }
    }

    @Test
    void messages_sent_one_after_the_other_share_frames() throws Exception {
        ControlSettings slow = SETTINGS.withBatchDelay(Duration.ofSeconds(1));
        int count = 200;
        try (TestSupernode supernode = new TestSupernode(slow)) {
            client.connect(supernode.address(), HELLO, recorder);
            PeerStream peer = supernode.stream();
            for (int i = 0; i < count; i++) {
                peer.send(new FromSupernode.Length(VERSION, i));
            }
            int received = 0;
            int frames = 0;
            while (received < count) {
                received += recorder.frames().take().size();
                frames++;
            }
            assertThat(frames).isLessThan(count / 4);
        }
    }

    @Test
    void messages_keep_their_order_under_load_in_both_directions() throws Exception {
        int count = 100_000;
        ControlSettings settings = SETTINGS.withMaxMessagesPerSecond(10_000_000);
        CountDownLatch permits = new CountDownLatch(1);
        try (ControlClient loaded =
                        new ControlClient(settings.withQueue(count, 64 << 20), System::nanoTime);
                TestSupernode supernode = new TestSupernode(settings.withQueue(count, 64 << 20))) {
            ControlStream stream = loaded.connect(supernode.address(), HELLO, recorder);
            PeerStream peer = supernode.stream();
            Thread down =
                    Thread.startVirtualThread(() -> {
                        permits.countDown();
                        for (int i = 0; i < count; i++) {
                            peer.send(new FromSupernode.Length(VERSION, i));
                        }
                    });
            permits.await();
            for (int i = 0; i < count; i++) {
                stream.send(new FromPeer.Slots(i, 0));
            }
            down.join();
            List<FromPeer> up = supernode.take(count);
            List<FromSupernode> received = recorder.take(count);
            List<FromPeer> sentUp = new ArrayList<>();
            List<FromSupernode> sentDown = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                sentUp.add(new FromPeer.Slots(i, 0));
                sentDown.add(new FromSupernode.Length(VERSION, i));
            }
            assertThat(up.equals(sentUp)).isTrue();
            assertThat(received.equals(sentDown)).isTrue();
        }
    }
}
