// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.core.scheduler;

import java.util.LinkedHashMap;
import java.util.Map;

/// What was said about peers that are gone, by where they were: an id is a claim and new with every
/// start, so whoever comes back from the same host and serves at the same address is judged by what
/// he did before. Bounded; forgets by and by.
final class Former {
    static final int MAX = 10_000;
    static final long KEEP_NANOS = 600_000_000_000L;

    private record Kept(Complaints complaints, long untilNanos) {}

    /// In the order of their going.
    private final Map<String, Kept> kept = new LinkedHashMap<>();

    private static String key(String host, String address) {
        return host + ' ' + address;
    }

    /// Remembers what was said about a peer that goes. Who serves nobody has no name to lose.
    void remember(PeerState peer, long now) {
        forgetOld(now);
        Complaints complaints = peer.complaints;
        if (peer.address.isEmpty() || !complaints.worthKeeping()) {
            return;
        }
        if (kept.size() >= MAX) {
            kept.remove(kept.keySet().iterator().next());
        }
        complaints.complainers.clear();
        complaints.failedWith.clear();
        complaints.accused.clear();
        complaints.rechecking.clear();
        long until = now + KEEP_NANOS;
        if (complaints.isolated && complaints.isolatedUntilNanos - until > 0) {
            until = complaints.isolatedUntilNanos;
        }
        kept.put(key(peer.host, peer.address), new Kept(complaints, until));
    }

    /// What was said about the peer that was there before, or nothing yet.
    Complaints recall(String host, String address, long now) {
        Kept found = address.isEmpty() ? null : kept.remove(key(host, address));
        return found == null || found.untilNanos - now <= 0 ? new Complaints() : found.complaints;
    }

    /// Whether somebody who is gone is still isolated on the word of `host` alone.
    boolean isolatedBy(String host, long now) {
        return kept.values().stream()
                .map(Kept::complaints)
                .anyMatch(c ->
                        c.isolated && c.isolatedUntilNanos - now > 0 && host.equals(c.loneAccuser));
    }

    int size() {
        return kept.size();
    }

    private void forgetOld(long now) {
        var eldest = kept.values().iterator();
        while (eldest.hasNext() && eldest.next().untilNanos - now <= 0) {
            eldest.remove();
        }
    }
}
