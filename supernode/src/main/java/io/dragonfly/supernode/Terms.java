// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.supernode;

import io.dragonfly.core.model.TaskSpec;
import io.dragonfly.origin.OpenedOrigin;
import io.dragonfly.origin.OriginException;

import org.jspecify.annotations.Nullable;

import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Who may have what a task gives out, and when the origin is asked. Called under the task's lock,
/// except where said.
sealed interface Terms permits UrlTerms, BlobTerms {
    /// How somebody comes to the version that is given out.
    enum Way {
        /// He may have it.
        GIVE,
        /// He may have it if it still is what the origin has.
        REVALIDATE,
        /// The origin must be asked whether it gives him this version.
        CHECK,
        /// Not at all: he needs a task of his own.
        APART
    }

    /// @param now is being read, or complete
    Way way(SeedVersion now, TaskSpec asked);

    /// Whether somebody who has the version may go on serving it, without a question whether it
    /// still is what the origin has.
    boolean mayServe(SeedVersion now, TaskSpec asked);

    /// Whether the origin is known to give this version to whoever asks like this.
    boolean knows(SeedVersion version, TaskSpec asked);

    /// A hash, or other text, that stands for whoever asks, for what was said to him.
    String who(TaskSpec asked);

    /// Waits for the turn to ask; not under the lock.
    RequesterChecks.Turn turn(TaskSpec asked);

    /// Asks the origin; not under the lock.
    boolean gives(SeedVersion version, TaskSpec asked) throws OriginException;

    /// The origin gave the content to whoever asks like this, or said that it would.
    void accepted(TaskSpec asked);

    /// What the origin said before was of another content.
    void changed(OpenedOrigin opened, TaskSpec asked);

    void refused(TaskSpec asked, OriginException why, long untilMillis);

    /// Why the origin is not asked again yet; null where it may be.
    @Nullable OriginException refusal(TaskSpec asked);

    /// The content that was read by these requests is not what its digest says.
    void mismatched(Set<TaskSpec> readBy);

    /// Another request that the origin accepted, by [#who].
    Optional<Map.Entry<String, TaskSpec>> another(Set<String> tried);

    /// Whether a stored version that was read completely by an earlier run may be given out, on
    /// these terms.
    boolean restorable(SeedVersion version);
}
