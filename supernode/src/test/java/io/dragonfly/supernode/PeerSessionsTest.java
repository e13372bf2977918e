// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.supernode;

import static org.assertj.core.api.Assertions.assertThat;

import io.dragonfly.core.model.PeerId;
import io.dragonfly.core.model.Secret;
import io.dragonfly.core.model.VersionId;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class PeerSessionsTest {
    private static final PeerId PEER = new PeerId("p");
    private static final VersionId VERSION = new VersionId("0".repeat(32));
    private static final Secret SECRET = new Secret("1".repeat(32));

    private final PeerSessions sessions = new PeerSessions(3);

    private static PeerSession session(String id, String host) {
        return new PeerSession(new PeerId(id), new RecordedStream(host));
    }

    private static @Nullable String code(PeerSessions.@Nullable Refusal refusal) {
        return refusal == null ? null : refusal.code();
    }

    @Test
    void nobodyGetsInUnderTheNameOfSomebodyElse() {
        PeerSession first = session("p", "10.0.0.1");
        assertThat(sessions.enter(first)).isNull();

        assertThat(code(sessions.enter(session("p", "10.0.0.2")))).isEqualTo("peer-id-in-use");
        assertThat(first.ended()).isFalse();
        sessions.leave(first.stream());
        assertThat(sessions.enter(session("p", "10.0.0.2"))).isNull();
    }

    @Test
    void aPeerThatComesBackFromItsHostReplacesItsOldStream() {
        PeerSession first = session("p", "10.0.0.1");
        PeerSession second = session("p", "10.0.0.1");
        sessions.enter(first);
        assertThat(sessions.enter(second)).isNull();

        assertThat(first.ended()).isTrue();
        sessions.leave(first.stream());
        assertThat(code(sessions.enter(session("p", "10.0.0.2")))).isEqualTo("peer-id-in-use");
    }

    @Test
    void oneAddressDoesNotTakeAllStreams() {
        for (int i = 0; i < 3; i++) {
            assertThat(sessions.enter(session("p" + i, "10.0.0.1"))).isNull();
        }
        PeerSession more = session("p4", "10.0.0.1");
        assertThat(code(sessions.enter(more))).isEqualTo("busy");
        assertThat(sessions.of(more.stream())).isNull();
        assertThat(sessions.enter(session("q", "10.0.0.2"))).isNull();
        assertThat(sessions.size()).isEqualTo(4);
    }

    @Test
    void aStreamSpeaksOfTheVersionsItWasGivenAndOfThoseWhoseSecretItShows() {
        PeerSession session = new PeerSession(PEER, new RecordedStream("10.0.0.1"));
        Secret newer = new Secret("2".repeat(32));

        assertThat(session.mayUse(VERSION, SECRET, null)).isFalse();
        assertThat(session.mayUse(VERSION, SECRET, newer.hex())).isFalse();
        assertThat(session.mayUse(VERSION, SECRET, SECRET.hex())).isTrue();
        assertThat(session.mayUse(VERSION, SECRET, null)).isTrue();
        assertThat(session.mayUse(VERSION, newer, null)).as("read anew").isFalse();
        session.admit(VERSION, newer);
        assertThat(session.mayUse(VERSION, newer, null)).isTrue();
    }

    @Test
    void whatAStreamMaySpeakOfIsBounded() {
        PeerSession session = new PeerSession(PEER, new RecordedStream("10.0.0.1"));
        for (int i = 0; i < PeerSession.MAX_VERSIONS + 10; i++) {
            session.admit(new VersionId("%032x".formatted(i)), SECRET);
        }
        assertThat(session.versions()).isEqualTo(PeerSession.MAX_VERSIONS);
        assertThat(session.mayUse(new VersionId("%032x".formatted(0)), SECRET, null)).isFalse();
    }
}
