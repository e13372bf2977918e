// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.supernode;

import static org.assertj.core.api.Assertions.assertThat;

import io.dragonfly.core.model.Digest;
import io.dragonfly.origin.testing.Answers;
import io.dragonfly.origin.testing.Content;
import io.dragonfly.origin.testing.HostileOrigin;
import io.dragonfly.peer.Download;
import io.dragonfly.peer.DownloadRequest;
import io.dragonfly.peer.DownloadStatus;
import io.dragonfly.peer.DownloadStatus.Phase;
import io.dragonfly.peer.Peer;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Layers of images: who shares them with whom, and what that costs the registries.
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class BlobSharingTest {
    private static final int MIB = 1 << 20;

    @TempDir Path home;

    private static void assertGets(Peer peer, DownloadRequest request, Content content)
            throws IOException {
        try (Download download = peer.download(request)) {
            assertThat(Cluster.bytes(download)).isEqualTo(content.bytes());
            assertThat(Cluster.await(download).phase()).isEqualTo(Phase.DONE);
        }
    }

    private static void assertRefused(Peer peer, DownloadRequest request, String why)
            throws IOException {
        try (Download download = peer.download(request)) {
            DownloadStatus status = Cluster.await(download);
            assertThat(status.phase()).isEqualTo(Phase.FAILED);
            assertThat(String.valueOf(status.failure())).contains(why);
            assertThat(status.verified()).isZero();
        }
    }

    @Test
    void oneLayerOfSeveralRepositoriesIsReadOnce() throws Exception {
        Content layer = Content.random(1, 6 * MIB);
        try (Registry registry = new Registry();
                Cluster cluster = Cluster.of(home, 3)) {
            Digest digest = registry.push("library/ubuntu", layer);
            registry.push("team/app", layer);
            registry.push("team/other", layer);
            List<Download> downloads = new ArrayList<>();
            int host = 0;
            for (String name : List.of("library/ubuntu", "team/app", "team/other")) {
                Peer peer = cluster.peers().get(host++);
                downloads.add(peer.download(registry.pull(name, digest, "")));
            }
            for (Download download : downloads) {
                assertThat(Cluster.bytes(download)).isEqualTo(layer.bytes());
            }
            assertThat(registry.bytesSent()).isLessThan(6 * MIB + 100);
        }
    }

    @Test
    void aPublicLayerOfTwoRegistriesIsReadOnce() throws Exception {
        Content layer = Content.random(2, 3 * MIB);
        try (Registry first = new Registry();
                Registry second = new Registry();
                Cluster cluster = Cluster.of(home, 2)) {
            Digest digest = first.push("a/b", layer);
            second.push("c/d", layer);
            assertGets(cluster.peers().get(0), first.pull("a/b", digest, ""), layer);
            assertGets(cluster.peers().get(1), second.pull("c/d", digest, ""), layer);
            assertThat(first.bytesSent()).isEqualTo(3 * MIB);
            assertThat(second.requests()).isZero();
        }
    }

    @Test
    void aPublicFileWithADigestIsReadOnceWhateverItsUrl() throws Exception {
        Content file = Content.random(3, 2 * MIB);
        try (HostileOrigin first = HostileOrigin.start(Answers.honest(file));
                HostileOrigin second = HostileOrigin.start(Answers.honest(file));
                Cluster cluster = Cluster.of(home, 1)) {
            Digest digest = Registry.digest(file);
            Peer peer = cluster.peers().getFirst();
            assertGets(peer, Registry.pull(first.url("/f"), digest, ""), file);
            assertGets(peer, Registry.pull(second.url("/mirror/f"), digest, ""), file);
            assertThat(second.requests()).isEmpty();
        }
    }

    @Test
    void whatASignatureOrATokenGaveIsNotPublic() throws Exception {
        Content file = Content.random(4, MIB);
        try (HostileOrigin first = HostileOrigin.start(Answers.honest(file));
                HostileOrigin second = HostileOrigin.start(Answers.honest(file));
                Cluster cluster = Cluster.of(home, 1)) {
            Digest digest = Registry.digest(file);
            Peer peer = cluster.peers().getFirst();
            assertGets(peer, Registry.pull(first.url("/f?signature=1"), digest, ""), file);
            assertGets(peer, Registry.pull(first.url("/f"), digest, "Bearer a"), file);
            assertGets(peer, Registry.pull(second.url("/f"), digest, ""), file);
            assertThat(second.bytesSent()).isEqualTo(MIB);
        }
    }

    @Test
    void aPrivateImageCostsOneQuestionPerRepositoryAndCredentials() throws Exception {
        try (Registry registry = new Registry();
                Cluster cluster = Cluster.of(home, 3)) {
            List<Content> layers = new ArrayList<>();
            List<Digest> digests = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                layers.add(Content.random(10 + i, MIB));
                digests.add(registry.push("corp/app", layers.get(i)));
            }
            registry.allow("corp/app", "Bearer a", "Bearer b", "Bearer c");
            String[] tokens = {"Bearer a", "Bearer b", "Bearer c"};
            for (int host = 0; host < 3; host++) {
                List<Download> pulls = new ArrayList<>();
                for (Digest digest : digests) {
                    Peer peer = cluster.peers().get(host);
                    pulls.add(peer.download(registry.pull("corp/app", digest, tokens[host])));
                }
                for (int i = 0; i < 4; i++) {
                    assertThat(Cluster.bytes(pulls.get(i))).isEqualTo(layers.get(i).bytes());
                }
                assertThat(registry.probes()).isEqualTo(host);
            }
            assertThat(registry.bytesSent()).isLessThan(4 * MIB + 100);
            for (String stranger : List.of("", "Bearer d")) {
                assertRefused(
                        cluster.peers().getFirst(),
                        registry.pull("corp/app", digests.getFirst(), stranger),
                        "401");
            }
        }
    }

    @Test
    void anotherRepositoryOpensNoPrivateLayer() throws Exception {
        Content secret = Content.random(5, MIB);
        Content own = Content.random(6, MIB);
        try (Registry registry = new Registry();
                Cluster cluster = Cluster.of(home, 2)) {
            Digest hidden = registry.push("corp/app", secret);
            Digest mine = registry.push("evil/x", own);
            registry.allow("corp/app", "Bearer a");
            registry.allow("evil/x", "Bearer e");
            assertGets(
                    cluster.peers().get(0), registry.pull("corp/app", hidden, "Bearer a"), secret);
            Peer evil = cluster.peers().get(1);
            assertGets(evil, registry.pull("evil/x", mine, "Bearer e"), own);

            // He is accepted in his repository, but it has no such layer.
            assertRefused(evil, registry.pull("evil/x", hidden, "Bearer e"), "404");
            assertRefused(evil, registry.pull("corp/app", hidden, "Bearer e"), "401");

            registry.push("evil/x", secret);
            cluster.later(Duration.ofSeconds(10));
            assertGets(evil, registry.pull("evil/x", hidden, "Bearer e"), secret);
        }
    }

    @Test
    void aRegistryThatSaysYesToEverythingGetsNobodyAByte() throws Exception {
        Content secret = Content.random(7, MIB);
        Content junk = Content.random(8, MIB);
        try (Registry registry = new Registry();
                Registry liar = new Registry();
                Cluster cluster = Cluster.of(home, 2)) {
            Digest digest = registry.push("corp/app", secret);
            registry.allow("corp/app", "Bearer a");
            liar.answerInstead(Answers.honest(junk));
            assertGets(
                    cluster.peers().get(0), registry.pull("corp/app", digest, "Bearer a"), secret);
            long sent = registry.bytesSent();
            int asked = registry.requests();
            for (String authorization : List.of("", "Bearer e", "Bearer a")) {
                try (Download download =
                        cluster.peers()
                                .get(1)
                                .download(liar.pull("corp/app", digest, authorization))) {
                    DownloadStatus status = Cluster.await(download);
                    assertThat(String.valueOf(status.failure())).contains("digest");
                }
            }
            assertThat(registry.bytesSent()).isEqualTo(sent);
            assertThat(registry.requests()).isEqualTo(asked);
        }
    }

    @Test
    void aRevocationIsNoticedWithinFiveMinutes() throws Exception {
        Content layer = Content.random(9, MIB);
        try (Registry registry = new Registry();
                Cluster cluster = Cluster.of(home, 1)) {
            Digest digest = registry.push("corp/app", layer);
            registry.allow("corp/app", "Bearer a");
            Peer peer = cluster.peers().getFirst();
            DownloadRequest pull = registry.pull("corp/app", digest, "Bearer a");
            assertGets(peer, pull, layer);
            registry.allow("corp/app", "Bearer b");
            cluster.later(Duration.ofMinutes(5));
            assertRefused(peer, pull, "401");
        }
    }

    @Test
    void anAcceptanceEndsWithItsToken() throws Exception {
        Content layer = Content.random(30, MIB);
        try (Registry registry = new Registry();
                Cluster cluster = Cluster.of(home, 1)) {
            Digest digest = registry.push("corp/app", layer);
            long end = cluster.now().getEpochSecond() + 120;
            String token = "Bearer " + token("{\"aud\":\"r\",\"exp\":" + end + "}");
            registry.allow("corp/app", token);
            Peer peer = cluster.peers().getFirst();
            DownloadRequest pull = registry.pull("corp/app", digest, token);
            assertGets(peer, pull, layer);
            assertGets(peer, pull, layer);
            assertThat(registry.probes()).isZero();
            registry.allow("corp/app", "Bearer another");
            cluster.later(Duration.ofSeconds(121));
            assertRefused(peer, pull, "401");
        }
    }

    private static String token(String claims) {
        Base64.Encoder base64 = Base64.getUrlEncoder().withoutPadding();
        return "e30." + base64.encodeToString(claims.getBytes(StandardCharsets.UTF_8)) + ".c2ln";
    }

    @Test
    void aRedirectToTheStoreIsAnAcceptanceAndIsNotFollowed() throws Exception {
        Content layer = Content.random(31, MIB);
        try (Registry registry = new Registry();
                HostileOrigin store = HostileOrigin.start(Answers.honest(layer));
                Cluster cluster = Cluster.of(home, 2)) {
            Digest digest = registry.push("corp/app", layer);
            registry.allow("corp/app", "Bearer a", "Bearer b");
            registry.storedAt(d -> store.url("/store/" + d + "?signature=1").toString());
            assertGets(
                    cluster.peers().get(0), registry.pull("corp/app", digest, "Bearer a"), layer);
            int atStore = store.requests().size();
            assertGets(
                    cluster.peers().get(1), registry.pull("corp/app", digest, "Bearer b"), layer);
            assertThat(registry.probes()).isEqualTo(1);
            assertThat(store.requests()).hasSize(atStore);
        }
    }

    @Test
    void aRedirectToALoginPageIsNone() throws Exception {
        Content layer = Content.random(32, MIB);
        Content page = Content.random(33, 5000);
        try (Registry registry = new Registry();
                HostileOrigin login = HostileOrigin.start(Answers.honest(page));
                Cluster cluster = Cluster.of(home, 2)) {
            Digest digest = registry.push("corp/app", layer);
            assertGets(
                    cluster.peers().get(0), registry.pull("corp/app", digest, "Bearer a"), layer);
            registry.answerInstead(Answers.redirect(302, () -> login.url("/login").toString()));
            try (Download download =
                    cluster.peers()
                            .get(1)
                            .download(registry.pull("corp/app", digest, "Bearer e"))) {
                DownloadStatus status = Cluster.await(download);
                assertThat(String.valueOf(status.failure())).contains("digest");
                // The page, as he would have got it without us.
                assertThat(status.verified()).isEqualTo(page.bytes().length);
            }
        }
    }

    @Test
    void aUrlThatGivesSomethingElseIsLeftAndTheTaskGoesOn() throws Exception {
        Content layer = Content.random(34, MIB);
        Content wrong = Content.random(35, MIB);
        try (Registry registry = new Registry();
                Cluster cluster = Cluster.of(home, 2)) {
            Digest digest = registry.push("good/app", layer);
            registry.answerInstead((request, wire) -> {
                boolean bad = request.target().startsWith("/v2/bad/");
                Content content = bad ? wrong.withEtag("\"bad\"") : layer;
                Answers.honest(content).answer(request, wire);
            });
            Peer peer = cluster.peers().getFirst();
            assertThat(
                            String.valueOf(
                                    Cluster.await(
                                                    peer.download(
                                                            registry.pull(
                                                                    "bad/app", digest, "Bearer a")))
                                            .failure()))
                    .contains("digest");
            assertGets(peer, registry.pull("good/app", digest, "Bearer a"), layer);
        }
    }

    @Test
    void registriesOfOneGroupShareWhatTheyProtect() throws Exception {
        Content layer = Content.random(36, MIB);
        try (Registry first = new Registry();
                Registry second = new Registry();
                Cluster cluster = new Cluster(home)) {
            cluster.addSupernode(
                    List.of(
                            "http://127.0.0.1:%d,http://127.0.0.1:%d"
                                    .formatted(first.server().port(), second.server().port())));
            cluster.addPeer();
            cluster.addPeer();
            Digest digest = first.push("corp/app", layer);
            second.push("corp/copy", layer);
            first.allow("corp/app", "Bearer a");
            second.allow("corp/copy", "Bearer b");
            assertGets(cluster.peers().get(0), first.pull("corp/app", digest, "Bearer a"), layer);
            assertRefused(
                    cluster.peers().get(1), second.pull("corp/copy", digest, "Bearer a"), "401");
            assertGets(cluster.peers().get(1), second.pull("corp/copy", digest, "Bearer b"), layer);
            assertThat(second.bytesSent()).isLessThan(100);
        }
    }

    @Test
    void aRestartedSupernodeGivesOnlyToWhoIsAccepted() throws Exception {
        Content layer = Content.random(37, MIB);
        try (Registry registry = new Registry();
                Cluster cluster = Cluster.of(home, 2)) {
            Digest digest = registry.push("corp/app", layer);
            registry.allow("corp/app", "Bearer a", "Bearer b");
            assertGets(
                    cluster.peers().get(0), registry.pull("corp/app", digest, "Bearer a"), layer);
            cluster.restart(0);
            assertGets(
                    cluster.peers().get(1), registry.pull("corp/app", digest, "Bearer b"), layer);
            assertRefused(
                    cluster.peers().get(1), registry.pull("corp/app", digest, "Bearer e"), "401");
            assertThat(registry.bytesSent()).isLessThan(MIB + 100);
        }
    }
}
