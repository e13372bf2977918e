// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.dragonfly.peer.PeerEnvironment;
import io.dragonfly.proxy.testing.TestRegistry.Access;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Many requests for one layer, at the same time, on one host and on several.
@Timeout(120)
final class SharedPullTest {
    private static final int LENGTH = 5_000_000;

    @TempDir private Path home;
    private SwarmBed bed;
    private byte[] layer;
    private String path;

    @BeforeEach
    void start() throws IOException {
        bed = new SwarmBed(home, Access.EVERYBODY);
        layer = SwarmBed.random(LENGTH);
        path = "/v2/library/app/blobs/" + bed.registry.blob(layer);
    }

    @AfterEach
    void stop() throws IOException {
        bed.close();
    }

    @Test
    void equal_requests_on_one_host_and_on_another_read_the_registry_once() throws Exception {
        List<Host> hosts = List.of(bed.host(), bed.host());
        List<Future<HttpResponse<byte[]>>> answers = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
                Client first = new Client(hosts.get(0).proxy.port());
                Client second = new Client(hosts.get(1).proxy.port())) {
            for (int i = 0; i < 3; i++) {
                answers.add(threads.submit(() -> first.get(path)));
                answers.add(threads.submit(() -> second.get(path)));
            }
            for (Future<HttpResponse<byte[]>> answer : answers) {
                assertThat(answer.get().body()).isEqualTo(layer);
            }
        }
        assertThat(bed.registry.blobBytes()).isLessThan(LENGTH * 102L / 100);
        for (Host host : hosts) {
            host.tally.await(ProxyMeter.Answer.SWARM, 3);
            assertThat(host.tally.fromUpstream).hasValue(0);
        }
    }

    @Test
    void ranges_of_a_cold_layer_in_any_order_read_it_once() throws Exception {
        Host host = bed.host();
        int part = 700_001;
        List<Future<HttpResponse<byte[]>>> answers = new ArrayList<>();
        List<Integer> begins = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
                Client client = new Client(host.proxy.port())) {
            for (int from = LENGTH - LENGTH % part; from >= 0; from -= part) {
                String range = "bytes=" + from + "-" + (from + part - 1);
                begins.add(from);
                answers.add(threads.submit(() -> client.get(path, "Range", range)));
            }
            for (int i = 0; i < answers.size(); i++) {
                HttpResponse<byte[]> answer = answers.get(i).get();
                int from = begins.get(i);
                assertThat(answer.statusCode()).isEqualTo(206);
                assertThat(answer.body())
                        .isEqualTo(Arrays.copyOfRange(layer, from, Math.min(LENGTH, from + part)));
            }
            assertThat(client.get(path).body()).isEqualTo(layer);
        }
        assertThat(bed.registry.blobBytes()).isLessThan(LENGTH * 102L / 100);
    }

    @Test
    void a_missing_layer_costs_the_registry_one_request_per_host() throws Exception {
        String missing = "/v2/library/app/blobs/sha256:" + "ab".repeat(32);
        for (int i = 0; i < 3; i++) {
            try (Client client = new Client(bed.host().proxy.port())) {
                HttpResponse<byte[]> answer = client.get(missing);
                assertThat(answer.statusCode()).isEqualTo(404);
                assertThat(answer.body()).asString().contains("BLOB_UNKNOWN");
            }
        }
        // One of each host; the supernode asks on behalf of all of them, and may do so again.
        assertThat(bed.registry.asked(missing)).hasSizeBetween(4, 6);
    }

    @Test
    void a_supernode_that_dies_under_a_layer_changes_no_byte() throws Exception {
        Duration stall = Duration.ofMillis(300);
        Host host = bed.host(new Bounds(Bounds.DEFAULT.begin(), stall, Bounds.DEFAULT.upstream()));
        URI url = URI.create("http://127.0.0.1:" + host.proxy.port() + path);
        try (InputStream in = url.toURL().openStream()) {
            byte[] first = in.readNBytes(1000);
            bed.supernode.close();
            byte[] rest = in.readAllBytes();
            assertThat(first).isEqualTo(Arrays.copyOf(layer, 1000));
            assertThat(rest).isEqualTo(Arrays.copyOfRange(layer, 1000, LENGTH));
        }
        try (Client client = new Client(host.proxy.port())) {
            String other = bed.registry.blob(SwarmBed.random(10_000));
            assertThat(client.get("/v2/x/blobs/" + other).body())
                    .isEqualTo(SwarmBed.random(10_000));
        }
        host.tally.await(ProxyMeter.Answer.FALLBACK, 1);
    }

    @Test
    void a_layer_reaches_the_client_while_the_registry_still_sends_it() throws Exception {
        CountDownLatch rest = new CountDownLatch(1);
        bed.registry.hold(600_000, rest);
        URI url = URI.create("http://127.0.0.1:" + bed.host().proxy.port() + path);
        try (InputStream in = url.toURL().openStream()) {
            assertThat(in.readNBytes(256 << 10)).isEqualTo(Arrays.copyOf(layer, 256 << 10));
            rest.countDown();
            assertThat(in.readAllBytes()).isEqualTo(Arrays.copyOfRange(layer, 256 << 10, LENGTH));
        } finally {
            rest.countDown();
        }
    }

    @Test
    void a_client_that_leaves_ends_the_download() throws Exception {
        FakeSwarm swarm = FakeSwarm.whole(new byte[50_000_000]);
        Tally tally = new Tally();
        try (ProxyServer proxy =
                ProxyServer.start(
                        Host.mirror(List.of("docker.io remote=" + bed.registry.url()), "docker.io"),
                        swarm,
                        tally,
                        PeerEnvironment.system())) {
            URI url = URI.create("http://127.0.0.1:" + proxy.port() + path);
            InputStream in = url.toURL().openStream();
            assertThat(in.read()).isZero();
            in.close();
            tally.await(ProxyMeter.Answer.BROKEN, 1);
        }
        assertThat(swarm.open).hasValue(0);
    }
}
