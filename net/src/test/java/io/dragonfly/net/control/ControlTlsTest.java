// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.net.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dragonfly.core.model.HostPort;
import io.dragonfly.core.protocol.FromPeer;
import io.dragonfly.core.protocol.FromSupernode;
import io.dragonfly.net.tls.TestTls;
import io.dragonfly.net.tls.Tls;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/// Control streams over TLS: that they work, who is believed, and who is told what.
@Timeout(120)
final class ControlTlsTest {
    private static final String VERSION = "0123456789abcdef0123456789abcdef";
    private static final ControlSettings SETTINGS = ControlSettings.DEFAULT;

    private final Recorder recorder = new Recorder();

    private static ControlClient client(@Nullable Tls tls) {
        return new ControlClient(SETTINGS, System::nanoTime, tls);
    }

    private void fails(@Nullable Tls server, @Nullable Tls client, String words)
            throws IOException {
        try (TestSupernode supernode = new TestSupernode(SETTINGS, 0, server);
                ControlClient peer = client(client)) {
            assertThatThrownBy(() ->
                            peer.connect(supernode.address(), ControlStreamTest.HELLO, recorder))
                    .isInstanceOf(IOException.class)
                    .hasMessageStartingWith("supernode " + supernode.address() + ": ")
                    .hasMessageContaining(words)
                    .message()
                    .hasLineCount(1);
            assertThat(supernode.hellos).isEmpty();
        }
    }

    @Test
    void both_sides_talk_and_know_that_nobody_reads_along() throws Exception {
        try (TestSupernode supernode = new TestSupernode(SETTINGS, 0, TestTls.mutual());
                ControlClient client = client(TestTls.mutual())) {
            ControlStream stream =
                    client.connect(supernode.address(), ControlStreamTest.HELLO, recorder);
            PeerStream peer = supernode.stream();
            assertThat(stream.isPrivate()).isTrue();
            assertThat(peer.isPrivate()).isTrue();
            assertThat(stream.remoteHost()).isEqualTo("127.0.0.1");
            assertThat(peer.remoteHost()).isEqualTo("127.0.0.1");

            for (int i = 0; i < 2000; i++) {
                stream.send(new FromPeer.Slots(i, 2));
            }
            assertThat(supernode.take(2000)).hasSize(2000).contains(new FromPeer.Slots(1999, 2));
            peer.send(new FromSupernode.Length(VERSION, 7));
            assertThat(recorder.take(1)).containsExactly(new FromSupernode.Length(VERSION, 7));
            stream.close("done");
            assertThat(supernode.closedReason()).isEqualTo("closed by the other side: done");
        }
    }

    @Test
    void a_supernode_without_an_authority_takes_peers_without_a_certificate() throws Exception {
        try (TestSupernode supernode = new TestSupernode(SETTINGS, 0, TestTls.oneWay());
                ControlClient client = client(TestTls.trusting())) {
            HostPort byName = new HostPort("localhost", supernode.address().port());
            assertThat(client.connect(byName, ControlStreamTest.HELLO, recorder).isPrivate())
                    .isTrue();
        }
    }

    @Test
    void a_supernode_of_another_authority_is_not_believed() throws Exception {
        fails(TestTls.stranger(), TestTls.mutual(), "not signed by the authority of tls-ca");
    }

    @Test
    void a_supernode_with_a_certificate_for_another_host_is_not_believed() throws Exception {
        fails(TestTls.elsewhere(), TestTls.elsewhere(), "its certificate is for another host");
    }

    @Test
    void a_peer_without_a_certificate_is_refused_where_one_is_wanted() throws Exception {
        fails(TestTls.mutual(), TestTls.trusting(), "set tls-cert and tls-key");
    }

    @Test
    void a_peer_without_tls_is_told_so() throws Exception {
        fails(TestTls.mutual(), null, "it speaks TLS: set tls-ca");
    }

    @Test
    void a_peer_with_tls_says_of_a_supernode_without_that_it_has_none() throws Exception {
        fails(null, TestTls.mutual(), "it does not speak TLS");
    }

    @Test
    void a_browser_without_tls_is_told_so() throws Exception {
        try (TestSupernode supernode = new TestSupernode(SETTINGS, 0, TestTls.oneWay());
                Socket socket =
                        new Socket(InetAddress.getLoopbackAddress(), supernode.address().port())) {
            socket.getOutputStream()
                    .write("GET /ok HTTP/1.1\r\nHost: h\r\n\r\n".getBytes(StandardCharsets.UTF_8));
            assertThat(text(socket))
                    .startsWith("HTTP/1.1 400 Bad Request\r\n")
                    .contains("application/problem+json")
                    .contains("this port speaks TLS");
        }
    }

    @Test
    void the_api_is_https_on_the_same_port() throws Exception {
        try (TestSupernode supernode = new TestSupernode(SETTINGS, 0, TestTls.oneWay());
                HttpClient client =
                        HttpClient.newBuilder().sslContext(TestTls.trusting().context()).build()) {
            URI url = URI.create("https://" + supernode.address() + "/ok");
            HttpResponse<String> answer =
                    client.send(
                            HttpRequest.newBuilder(url).build(),
                            HttpResponse.BodyHandlers.ofString());
            assertThat(answer.body()).isEqualTo("ok");
            assertThat(answer.sslSession().orElseThrow().getProtocol()).isEqualTo("TLSv1.3");
        }
    }

    @Test
    void garbage_on_the_port_is_closed() throws Exception {
        try (TestSupernode supernode = new TestSupernode(SETTINGS, 0, TestTls.oneWay())) {
            for (byte[] garbage : new byte[][] {new byte[100], {0x16, 3, 1, 0, 4, 1, 2, 3, 4}}) {
                try (Socket socket =
                        new Socket(InetAddress.getLoopbackAddress(), supernode.address().port())) {
                    socket.getOutputStream().write(garbage);
                    assertThat(text(socket)).doesNotContain("HTTP/");
                }
            }
        }
    }

    @Test
    void who_says_nothing_is_given_up_in_time_on_both_sides() throws Exception {
        ControlSettings hasty = SETTINGS.withHandshakeTimeout(Duration.ofMillis(200));
        try (ServerSocket silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
                ControlClient client =
                        new ControlClient(hasty, System::nanoTime, TestTls.mutual())) {
            HostPort address = new HostPort("127.0.0.1", silent.getLocalPort());
            assertThatThrownBy(() -> client.connect(address, ControlStreamTest.HELLO, recorder))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("200 ms");
        }
        try (TestSupernode supernode = new TestSupernode(SETTINGS, 0, TestTls.oneWay());
                Socket nothing =
                        new Socket(InetAddress.getLoopbackAddress(), supernode.address().port());
                Socket begun =
                        new Socket(InetAddress.getLoopbackAddress(), supernode.address().port())) {
            begun.getOutputStream().write(new byte[] {0x16, 3, 1});
            assertThat(text(nothing)).isEmpty();
            assertThat(text(begun)).doesNotContain("HTTP/");
        }
    }

    private static String text(Socket socket) {
        try (InputStream in = socket.getInputStream()) {
            return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
        } catch (IOException _) {
            return ""; // reset
        }
    }
}
