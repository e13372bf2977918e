// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.supernode;

import io.dragonfly.core.model.TaskSpec;
import io.dragonfly.origin.OriginException;

import org.jspecify.annotations.Nullable;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What the origin said to each set of credentials that asked for one task, for as long as that is
/// believed; whoever sends none is one of them. Requests are kept with their credentials, in memory
/// only, so that a reading can go on with those of another when the first expire. Confined to its
/// task's lock.
final class Requesters {
    /// An acceptance or a refusal is believed for so long; that is also how late a revocation is
    /// noticed.
    static final long ACCEPTED_MILLIS = 60_000;

    /// Sets of credentials that are remembered per task; the oldest answer gives way.
    static final int MAX = 1000;

    private sealed interface Said {}

    private record Accepted(TaskSpec spec, long until) implements Said {}

    private record Refused(OriginException why, long until) implements Said {}

    private final Map<String, Said> said = new LinkedHashMap<>();

    /// @param who hash of the credentials
    /// @param spec with them
    void accepted(String who, TaskSpec spec, long nowMillis) {
        put(who, new Accepted(spec, nowMillis + ACCEPTED_MILLIS));
    }

    void refused(String who, OriginException why, long untilMillis) {
        put(who, new Refused(why, untilMillis));
    }

    boolean isAccepted(String who, long nowMillis) {
        return said.get(who) instanceof Accepted accepted && nowMillis < accepted.until();
    }

    /// Why these credentials are not asked with again yet; null where they may be.
    @Nullable OriginException refusal(String who, long nowMillis) {
        return said.get(who) instanceof Refused(OriginException why, long until)
                        && nowMillis < until
                ? why
                : null;
    }

    /// The request accepted last of those whose credentials are not among `tried`.
    Optional<Map.Entry<String, TaskSpec>> another(Set<String> tried) {
        Map.Entry<String, TaskSpec> last = null;
        for (Map.Entry<String, Said> entry : said.entrySet()) {
            if (entry.getValue() instanceof Accepted(TaskSpec spec, _)
                    && !tried.contains(entry.getKey())) {
                last = Map.entry(entry.getKey(), spec);
            }
        }
        return Optional.ofNullable(last);
    }

    /// The content is another now: what was said about the old one means nothing.
    void clear() {
        said.clear();
    }

    private void put(String who, Said what) {
        said.remove(who);
        if (said.size() >= MAX) {
            Iterator<String> oldest = said.keySet().iterator();
            oldest.next();
            oldest.remove();
        }
        said.put(who, what);
    }
}
