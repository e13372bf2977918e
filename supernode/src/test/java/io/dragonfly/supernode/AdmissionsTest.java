// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.supernode;

import static org.assertj.core.api.Assertions.assertThat;

import io.dragonfly.core.model.Digest;

import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

final class AdmissionsTest {
    private static final long NEVER = Long.MAX_VALUE;

    private static BlobRequest request(String repository, int digest, String who, long until) {
        BlobRequest.Place place = new BlobRequest.Place("https://r:443", "", repository);
        return new BlobRequest(
                place, Digest.parse("sha256:" + "%064x".formatted(digest)), who, until);
    }

    @Test
    void oneBlobOpensTheOthersThatAreKnownToBeThere() {
        Admissions admissions = new Admissions();
        admissions.admitted(request("a", 1, "x", NEVER), 0);
        admissions.admitted(request("a", 2, "y", NEVER), 0);
        assertThat(admissions.admits(request("a", 2, "x", NEVER), 1)).isTrue();
        assertThat(admissions.admits(request("a", 3, "x", NEVER), 1)).isFalse();
        assertThat(admissions.admits(request("b", 1, "x", NEVER), 1)).isFalse();
        assertThat(admissions.admits(request("a", 1, "z", NEVER), 1)).isFalse();
    }

    @Test
    void whatIsNotSeenForLongIsAskedAgain() {
        Admissions admissions = new Admissions();
        long day = Admissions.CONTAINED_MILLIS;
        admissions.admitted(request("a", 1, "x", NEVER), 0);
        admissions.admitted(request("a", 2, "x", NEVER), day);
        assertThat(admissions.admits(request("a", 2, "x", NEVER), day)).isTrue();
        assertThat(admissions.admits(request("a", 1, "x", NEVER), day)).isFalse();
    }

    /// What was said to whom, kept naively: an acceptance or a refusal.
    private record Said(
            String repository, int digest, String who, boolean yes, long at, long end) {}

    @RepeatedTest(20)
    void nobodyIsAdmittedWithoutAnAcceptanceOfHisOwnThatStillHolds(RepetitionInfo info) {
        Random random = new Random(info.getCurrentRepetition());
        Admissions admissions = new Admissions();
        List<Said> said = new ArrayList<>();
        long now = 1;
        for (int step = 0; step < 2000; step++) {
            now += random.nextInt(20_000);
            String repository = "r" + random.nextInt(3);
            int digest = random.nextInt(5);
            String who = "w" + random.nextInt(4);
            long end = random.nextInt(3) == 0 ? now + random.nextInt(400_000) : NEVER;
            BlobRequest request = request(repository, digest, who, end);
            switch (random.nextInt(6)) {
                case 0 -> {
                    admissions.admitted(request, now);
                    said.add(new Said(repository, digest, who, true, now, end));
                }
                case 1 -> {
                    admissions.refused(request);
                    said.add(new Said(repository, digest, who, false, now, end));
                }
                default -> {
                    boolean may = may(said, repository, digest, who, now);
                    assertThat(admissions.admits(request, now)).as("step %d", step).isEqualTo(may);
                }
            }
        }
    }

    private static boolean may(
            List<Said> said, String repository, int digest, String who, long now) {
        boolean accepted = false;
        boolean contained = false;
        for (Said s : said) {
            if (!s.repository().equals(repository)) {
                continue;
            }
            if (s.who().equals(who)) {
                accepted = s.yes() && now < Math.min(s.at() + Admissions.ADMITTED_MILLIS, s.end());
            }
            if (s.digest() == digest && s.yes()) {
                contained = now < s.at() + Admissions.CONTAINED_MILLIS;
            }
        }
        return accepted && contained;
    }
}
