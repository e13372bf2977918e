// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.supernode;

import static org.assertj.core.api.Assertions.assertThat;

import io.dragonfly.core.model.Header;
import io.dragonfly.core.model.TaskSpec;
import io.dragonfly.origin.testing.Answers;
import io.dragonfly.origin.testing.Behaviour;
import io.dragonfly.origin.testing.Content;
import io.dragonfly.origin.testing.HostileOrigin;
import io.dragonfly.origin.testing.Seen;
import io.dragonfly.peer.Download;
import io.dragonfly.peer.DownloadRequest;
import io.dragonfly.peer.DownloadRequest.Pattern;
import io.dragonfly.peer.DownloadStatus;
import io.dragonfly.peer.DownloadStatus.Phase;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/// Contents that need credentials: who may have them, and what it costs the origin.
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class ProtectedTest {
    private static final int MIB = 1 << 20;

    @TempDir Path home;

    /// Answers those whose `Authorization` is allowed; 401 to the rest.
    private static Behaviour only(Set<String> allowed, Behaviour answer) {
        return (request, wire) -> {
            boolean may = allowed.contains(request.header("Authorization"));
            (may ? answer : Answers.status(401, "Unauthorized")).answer(request, wire);
        };
    }

    private static DownloadRequest request(URI url, String authorization) {
        List<Header> headers =
                authorization.isEmpty()
                        ? List.of()
                        : List.of(new Header("Authorization", authorization));
        TaskSpec spec = new TaskSpec(url, headers, List.of(), "", null, false, "");
        // No way around the supernode: what it refuses is refused.
        return new DownloadRequest(spec, List.of(), Pattern.P2P, false, 0);
    }

    /// Requests for one byte: whether somebody's credentials are accepted.
    private static long checks(HostileOrigin origin) {
        return origin.requests().stream()
                .filter(r -> r.header("Range").equals("bytes=0-0"))
                .count();
    }

    @Test
    void everybodyWhoMayShareOneReadingAndCostsTheOriginOneByteMore() throws Exception {
        Content content = Content.random(1, 6 * MIB);
        Set<String> allowed = ConcurrentHashMap.newKeySet();
        List<String> users = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            users.add("Bearer user-" + i);
        }
        allowed.addAll(users);
        try (HostileOrigin origin = HostileOrigin.start(only(allowed, Answers.honest(content)));
                Cluster cluster = Cluster.of(home, 2)) {
            List<Download> downloads = new ArrayList<>();
            for (int i = 0; i < users.size(); i++) {
                downloads.add(
                        cluster.peers()
                                .get(i % 2)
                                .download(request(origin.url("/f"), users.get(i))));
            }
            for (Download download : downloads) {
                assertThat(Cluster.bytes(download)).isEqualTo(content.bytes());
            }
            assertThat(checks(origin)).isLessThan(users.size());
            assertThat(origin.bytesSent()).isLessThan(6 * MIB + 100);
        }
    }

    @Test
    void equalCredentialsOfManyHostsAreAskedWithOnce() throws Exception {
        Content content = Content.random(2, 2 * MIB);
        try (HostileOrigin origin =
                        HostileOrigin.start(only(Set.of("Bearer a"), Answers.honest(content)));
                Cluster cluster = Cluster.of(home, 6)) {
            List<Download> downloads = new ArrayList<>();
            for (var peer : cluster.peers()) {
                downloads.add(peer.download(request(origin.url("/f"), "Bearer a")));
            }
            for (Download download : downloads) {
                assertThat(Cluster.bytes(download)).isEqualTo(content.bytes());
            }
            assertThat(checks(origin)).isZero();
            assertThat(origin.bytesSent()).isEqualTo(content.bytes().length);
        }
    }

    @Test
    void whoMayNotGetsNothingThoughItIsAllThere() throws Exception {
        Content content = Content.random(3, MIB);
        try (HostileOrigin origin =
                        HostileOrigin.start(only(Set.of("Bearer a"), Answers.honest(content)));
                Cluster cluster = Cluster.of(home, 1)) {
            var peer = cluster.peers().getFirst();
            assertThat(Cluster.bytes(peer.download(request(origin.url("/f"), "Bearer a"))))
                    .isEqualTo(content.bytes());

            for (String other : List.of("", "Bearer b")) {
                DownloadStatus status =
                        Cluster.await(peer.download(request(origin.url("/f"), other)));
                assertThat(status.phase()).isEqualTo(Phase.FAILED);
                assertThat(String.valueOf(status.failure())).contains("401");
                assertThat(status.verified()).isZero();
            }
        }
    }

    @Test
    void aRefusalOfOneIsNoMatterOfTheOthers() throws Exception {
        Content content = Content.random(4, MIB);
        try (HostileOrigin origin =
                        HostileOrigin.start(only(Set.of("Bearer a"), Answers.honest(content)));
                Cluster cluster = Cluster.of(home, 1)) {
            var peer = cluster.peers().getFirst();
            assertThat(Cluster.await(peer.download(request(origin.url("/f"), "Bearer b"))).phase())
                    .isEqualTo(Phase.FAILED);
            assertThat(Cluster.bytes(peer.download(request(origin.url("/f"), "Bearer a"))))
                    .isEqualTo(content.bytes());
        }
    }

    @Test
    void contentsThatDependOnWhoAsksAreNeverMixed() throws Exception {
        Map<String, Content> contents =
                Map.of(
                        "Bearer a", Content.random(5, MIB),
                        "Bearer b", Content.random(6, MIB),
                        "", Content.random(7, MIB));
        Behaviour personal = (request, wire) -> answerOf(contents, request).answer(request, wire);
        assertEachGetsHisOwn(contents, personal);
    }

    @Test
    void withoutValidatorsNothingIsSharedBetweenCredentials() throws Exception {
        Map<String, Content> contents =
                Map.of(
                        "Bearer a", Content.random(8, MIB).withoutValidators(),
                        "Bearer b", Content.random(9, MIB).withoutValidators());
        Behaviour personal = (request, wire) -> answerOf(contents, request).answer(request, wire);
        assertEachGetsHisOwn(contents, personal);
    }

    @Test
    void aDateIsNoProofThatContentsAreTheSame() throws Exception {
        Map<String, Content> contents =
                Map.of(
                        "Bearer a", Content.random(12, MIB).withEtag(""),
                        "Bearer b", Content.random(13, MIB).withEtag(""),
                        "", Content.random(14, MIB).withEtag("W/\"1\""));
        Behaviour personal = (request, wire) -> answerOf(contents, request).answer(request, wire);
        assertEachGetsHisOwn(contents, personal);
    }

    private static Behaviour answerOf(Map<String, Content> contents, Seen request) {
        return Answers.honest(
                Objects.requireNonNull(contents.get(request.header("Authorization"))));
    }

    private void assertEachGetsHisOwn(Map<String, Content> contents, Behaviour answers)
            throws IOException {
        try (HostileOrigin origin = HostileOrigin.start(answers);
                Cluster cluster = Cluster.of(home, 2)) {
            for (int round = 0; round < 3; round++) {
                for (var peer : cluster.peers()) {
                    for (Map.Entry<String, Content> user : contents.entrySet()) {
                        Download download = peer.download(request(origin.url("/f"), user.getKey()));
                        assertThat(Cluster.bytes(download)).isEqualTo(user.getValue().bytes());
                        // Every second time the answer of before is too old to be given as it is.
                        cluster.later(Duration.ofSeconds(2L * (round % 2)));
                    }
                }
            }
        }
    }

    @Test
    void whatTheOriginCallsPrivateIsReadAnewForOthers() throws Exception {
        Content content = Content.random(10, MIB);
        Behaviour isPrivate =
                Answers.honest(content.withHeader("Cache-Control: private, max-age=60"));
        try (HostileOrigin origin = HostileOrigin.start(isPrivate);
                Cluster cluster = Cluster.of(home, 1)) {
            var peer = cluster.peers().getFirst();
            for (String user : List.of("Bearer a", "Bearer b", "Bearer a", "Bearer b")) {
                assertThat(Cluster.bytes(peer.download(request(origin.url("/f"), user))))
                        .isEqualTo(content.bytes());
            }
            assertThat(origin.bytesSent()).isEqualTo(2L * content.bytes().length);
        }
    }

    @Test
    void aReadingGoesOnWithTheCredentialsOfAnother() throws Exception {
        Content content = Content.random(11, 8 * MIB);
        AtomicBoolean expired = new AtomicBoolean();
        CountDownLatch secondIsIn = new CountDownLatch(1);
        Behaviour expiring =
                (request, wire) -> {
                    boolean first = request.header("Authorization").equals("Bearer first");
                    if (!first) {
                        Answers.honest(content).answer(request, wire);
                    } else if (expired.get()) {
                        Answers.status(401, "Unauthorized").answer(request, wire);
                    } else {
                        Answers.waiting(content, 3 * MIB, secondIsIn).answer(request, wire);
                        expired.set(secondIsIn.getCount() == 0);
                    }
                };
        try (HostileOrigin origin = HostileOrigin.start(expiring);
                Cluster cluster = Cluster.of(home, 2)) {
            Download first =
                    cluster.peers().get(0).download(request(origin.url("/f"), "Bearer first"));
            Cluster.awaitUntil(first, 1);
            Download second =
                    cluster.peers().get(1).download(request(origin.url("/f"), "Bearer second"));
            Cluster.awaitUntil(second, 1);
            secondIsIn.countDown();

            assertThat(Cluster.bytes(second)).isEqualTo(content.bytes());
            assertThat(Cluster.bytes(first)).isEqualTo(content.bytes());
            assertThat(origin.bytesSent()).isLessThan(8 * MIB + MIB);
        }
    }

    @Test
    void twoDownloadsOfOneHostShareAVersionAndOneGoesOnWithoutTheOther() throws Exception {
        Content content = Content.random(15, 8 * MIB);
        CountDownLatch firstIsGone = new CountDownLatch(1);
        AtomicBoolean waited = new AtomicBoolean();
        Behaviour slow =
                (request, wire) -> {
                    boolean question = request.header("Range").equals("bytes=0-0");
                    boolean first = !question && waited.compareAndSet(false, true);
                    (first
                                    ? Answers.waiting(content, 3 * MIB, firstIsGone)
                                    : Answers.honest(content))
                            .answer(request, wire);
                };
        try (HostileOrigin origin = HostileOrigin.start(slow);
                Cluster cluster = Cluster.of(home, 1)) {
            var peer = cluster.peers().getFirst();
            Download first = peer.download(request(origin.url("/f"), "Bearer a"));
            Cluster.awaitUntil(first, 1);
            Download second = peer.download(request(origin.url("/f"), "Bearer b"));
            Cluster.awaitUntil(second, 1);
            first.close();
            firstIsGone.countDown();
            assertThat(Cluster.bytes(second)).isEqualTo(content.bytes());
            DownloadStatus status = Cluster.await(second);
            assertThat(status.waitedMillis()).doesNotContainKey("supernode");
        }
    }
}
