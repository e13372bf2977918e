// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.supernode;

import io.dragonfly.core.model.MaskedUrl;
import io.dragonfly.core.model.TaskSpec;
import io.dragonfly.origin.OpenedOrigin;
import io.dragonfly.origin.OriginException;
import io.dragonfly.origin.OriginException.Kind;

import org.jspecify.annotations.Nullable;

import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// For a blob of a registry: its digest says what it is, so it never changes, and it does not
/// matter through which repository it is read. Who may have it is asked per repository.
final class BlobTerms implements Terms {
    /// A URL that gave something else than its digest says is not read for so long.
    static final long DISCARDED_MILLIS = 60_000;

    private final SeedLibrary library;
    private final Requesters requesters = new Requesters();

    BlobTerms(SeedLibrary library) {
        this.library = library;
    }

    private static BlobRequest blob(TaskSpec asked) {
        return BlobRequest.of(asked)
                .orElseThrow(() -> new IllegalArgumentException("not a blob: " + asked));
    }

    /// Where it is asked for, whoever asks.
    private static String url(TaskSpec asked) {
        return blob(asked).place().toString();
    }

    @Override
    public Way way(SeedVersion now, TaskSpec asked) {
        return knows(now, asked) ? Way.GIVE : Way.CHECK;
    }

    @Override
    public boolean mayServe(SeedVersion now, TaskSpec asked) {
        return knows(now, asked);
    }

    @Override
    public boolean knows(SeedVersion version, TaskSpec asked) {
        return version.isPublic() || library.admissions().admits(blob(asked), library.nowMillis());
    }

    @Override
    public String who(TaskSpec asked) {
        return blob(asked).asker();
    }

    /// One at a time for equal credentials and repository, whatever the blob: the first question
    /// may answer for the others.
    @Override
    public RequesterChecks.Turn turn(TaskSpec asked) {
        BlobRequest request = blob(asked);
        return library.checks().turn(request.asker(), request.place().server());
    }

    @Override
    public boolean gives(SeedVersion version, TaskSpec asked) throws OriginException {
        BlobRequest request = blob(asked);
        try {
            return library.origin()
                    .gives(
                            asked,
                            version.geometry().length(),
                            store -> library.admissions().isStore(request.place(), store));
        } catch (OriginException e) {
            if (e.kind() == Kind.DENIED) {
                library.admissions().refused(request);
            }
            throw e;
        }
    }

    @Override
    public void accepted(TaskSpec asked) {
        library.admissions().admitted(blob(asked), library.nowMillis());
        requesters.accepted(who(asked), asked, library.nowMillis());
    }

    @Override
    public void changed(OpenedOrigin opened, TaskSpec asked) {
        library.admissions().servedFrom(blob(asked).place(), opened.servedFrom());
    }

    @Override
    public void refused(TaskSpec asked, OriginException why, long untilMillis) {
        requesters.refused(who(asked), why, untilMillis);
        if (why.kind() == Kind.DENIED) {
            library.admissions().refused(blob(asked));
        }
    }

    @Override
    public @Nullable OriginException refusal(TaskSpec asked) {
        OriginException discarded = requesters.refusal(url(asked), library.nowMillis());
        return discarded != null ? discarded : requesters.refusal(who(asked), library.nowMillis());
    }

    @Override
    public void mismatched(Set<TaskSpec> readBy) {
        for (TaskSpec spec : readBy) {
            OriginException why =
                    new OriginException(
                            Kind.MISMATCH,
                            MaskedUrl.of(spec.url()) + " gave something else than its digest says",
                            false);
            requesters.refused(url(spec), why, library.nowMillis() + DISCARDED_MILLIS);
        }
    }

    @Override
    public Optional<Map.Entry<String, TaskSpec>> another(Set<String> tried) {
        return requesters.another(tried);
    }

    @Override
    public boolean restorable(SeedVersion version) {
        return version.verifiedWhole();
    }
}
