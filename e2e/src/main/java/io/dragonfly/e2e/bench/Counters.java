// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.e2e.bench;

import java.util.LinkedHashMap;
import java.util.Map;

/// Bytes as interfaces count them. The kernel hands several segments on as one there, so that most
/// headers are not in them.
///
/// @param origin sent by it
/// @param supernode sent by it
/// @param peers sent by all of them
/// @param into by network behind a thin link: what came in through that
/// @param outOf the same: what went out
public record Counters(
        long origin, long supernode, long peers, Map<String, Long> into, Map<String, Long> outOf) {
    Counters since(Counters before) {
        return new Counters(
                origin - before.origin,
                supernode - before.supernode,
                peers - before.peers,
                since(into, before.into),
                since(outOf, before.outOf));
    }

    private static Map<String, Long> since(Map<String, Long> now, Map<String, Long> before) {
        Map<String, Long> all = new LinkedHashMap<>();
        now.forEach((name, bytes) -> all.put(name, bytes - before.getOrDefault(name, 0L)));
        return all;
    }
}
