// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.supernode;

import io.dragonfly.core.model.Digest;
import io.dragonfly.core.model.TaskId;
import io.dragonfly.core.model.TaskKey;
import io.dragonfly.core.model.TaskSpec;
import io.dragonfly.origin.OriginException;
import io.dragonfly.storage.StoredVersion;

import java.io.IOException;
import java.util.Locale;
import java.util.Optional;

/// Compares what was read with the digest that it must have, and remembers what anybody may have
/// for that. Thread-safe.
final class Proofs {
    /// Note of a stored version: it has its digest; and who may have it.
    private static final String VERIFIED = "verified";

    private static final String TO_ANYBODY = "public";

    private final PublicContents publicContents = new PublicContents();

    /// The task of a content with that digest that anybody may have.
    Optional<TaskId> find(TaskSpec asked) {
        return publicContents.find(asked);
    }

    /// What an earlier run found out.
    static void recall(SeedVersion version) {
        String said = version.stored().notes().get(VERIFIED);
        if (said != null) {
            version.verifiedWhole(said.equals(TO_ANYBODY));
        }
    }

    /// A task goes on with a version of an earlier run.
    void restored(SeedTask task, SeedVersion version) {
        if (version.isPublic()) {
            publicContents.add(task.spec(), task.id());
        }
    }

    /// A version is about to be read, or is here: has it compared, unless that was done.
    ///
    /// @throws OriginException where it is here, and is not what it must be
    void expect(SeedTask task, SeedVersion version) throws IOException {
        Digest digest = task.spec().digest();
        if (digest == null || !WholeCheck.proves(digest)) {
            return;
        }
        StoredVersion stored = version.stored();
        if (!stored.complete()) {
            version.expect(new WholeCheck(digest));
        } else if (stored.notes().containsKey(VERIFIED)) {
            recall(version);
            restored(task, version);
        } else {
            version.expect(new WholeCheck(digest));
            compare(task, version);
        }
    }

    /// All of a version is here.
    ///
    /// @throws OriginException where it is not what it must be, and others than who named that URL
    ///   and digest may be given it
    void compare(SeedTask task, SeedVersion version) throws IOException {
        WholeCheck whole = version.whole();
        if (whole == null || version.verifiedWhole()) {
            return;
        }
        if (whole.matches(version.stored())) {
            boolean toAnybody =
                    version.readBy().stream().allMatch(Proofs::nobodySpeaks)
                            && !version.freshness().mustNotShare();
            version.verifiedWhole(toAnybody);
            version.stored().note(VERIFIED, toAnybody ? TO_ANYBODY : "protected");
            restored(task, version);
        } else if (task.isBlob()) {
            throw new OriginException(
                    OriginException.Kind.MISMATCH,
                    task.maskedUrl() + " gave something else than " + whole.wanted(),
                    false);
        }
    }

    /// Whether the request says nothing that could be a right to read: no credentials, no header
    /// that may be a token, no query that may be a signature.
    private static boolean nobodySpeaks(TaskSpec asked) {
        return TaskKey.identity(asked).isEmpty()
                && asked.url().getRawQuery() == null
                && asked.url().getScheme().toLowerCase(Locale.ROOT).startsWith("http");
    }
}
