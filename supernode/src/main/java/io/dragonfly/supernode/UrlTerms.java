// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.supernode;

import io.dragonfly.core.model.TaskId;
import io.dragonfly.core.model.TaskKey;
import io.dragonfly.core.model.TaskSpec;
import io.dragonfly.core.model.Validators;
import io.dragonfly.origin.OpenedOrigin;
import io.dragonfly.origin.OriginException;
import io.dragonfly.origin.Revalidation;

import org.jspecify.annotations.Nullable;

import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// For a content that its URL names: it may change, and who shows other credentials gets it when
/// the origin says that it is the same for him.
final class UrlTerms implements Terms {
    private final TaskId id;
    private final SeedLibrary library;
    private final Requesters requesters = new Requesters();

    UrlTerms(TaskId id, SeedLibrary library) {
        this.id = id;
        this.library = library;
    }

    @Override
    public Way way(SeedVersion now, TaskSpec asked) {
        boolean known = knows(now, asked);
        boolean same = now.version().validators().strong();
        if (!now.gotWith(who(asked)) && (now.freshness().mustNotShare() || (!known && !same))) {
            // A date, or a weak ETag, may be that of somebody else's content as well.
            return Way.APART;
        }
        boolean mustAsk = !now.reading() && !(library.decision(now) instanceof Revalidation.Fresh);
        return mustAsk ? Way.REVALIDATE : known ? Way.GIVE : Way.CHECK;
    }

    @Override
    public boolean mayServe(SeedVersion now, TaskSpec asked) {
        return now.gotWith("") || knows(now, asked);
    }

    @Override
    public boolean knows(SeedVersion version, TaskSpec asked) {
        String who = who(asked);
        return version.gotWith(who) || requesters.isAccepted(who, library.nowMillis());
    }

    @Override
    public String who(TaskSpec asked) {
        return TaskKey.credentials(asked);
    }

    @Override
    public RequesterChecks.Turn turn(TaskSpec asked) {
        return library.checks().turn(id + who(asked), "");
    }

    @Override
    public boolean gives(SeedVersion version, TaskSpec asked) throws OriginException {
        Validators validators = version.version().validators();
        return library.origin().gives(asked, validators);
    }

    @Override
    public void accepted(TaskSpec asked) {
        requesters.accepted(who(asked), asked, library.nowMillis());
    }

    @Override
    public void changed(OpenedOrigin opened, TaskSpec asked) {
        requesters.clear();
    }

    @Override
    public void refused(TaskSpec asked, OriginException why, long untilMillis) {
        requesters.refused(who(asked), why, untilMillis);
    }

    @Override
    public @Nullable OriginException refusal(TaskSpec asked) {
        return requesters.refusal(who(asked), library.nowMillis());
    }

    @Override
    public void mismatched(Set<TaskSpec> readBy) {
        // The URL is the task: whoever named it and that digest hears it from his own check.
    }

    @Override
    public Optional<Map.Entry<String, TaskSpec>> another(Set<String> tried) {
        return requesters.another(tried);
    }

    @Override
    public boolean restorable(SeedVersion version) {
        return !version.version().validators().equals(Validators.NONE);
    }
}
