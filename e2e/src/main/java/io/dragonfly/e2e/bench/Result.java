// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.e2e.bench;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What one run came to. Times are seconds from the common start.
///
/// @param contestant which system
/// @param single whether one peer was alone
/// @param bytes of the file
/// @param bound the least possible seconds, headers included
/// @param peers in the order of the topology
/// @param sent bytes at the interfaces
/// @param meter CPU and memory
record Result(
        String contestant,
        boolean single,
        int run,
        long bytes,
        double bound,
        List<Finish> peers,
        Counters sent,
        Meter.Reading meter) {
    /// How one peer did.
    ///
    /// @param bound the least possible seconds for its own link
    /// @param failure empty where the file is there and right
    record Finish(String group, double seconds, double bound, String failure) {
        boolean right() {
            return failure.isEmpty();
        }
    }

    boolean complete() {
        return peers.stream().allMatch(Finish::right);
    }

    double first() {
        return sorted()[0];
    }

    double median() {
        double[] all = sorted();
        return all[(all.length - 1) / 2];
    }

    double last() {
        double[] all = sorted();
        return all[all.length - 1];
    }

    private double[] sorted() {
        double[] all = peers.stream().mapToDouble(Finish::seconds).toArray();
        Arrays.sort(all);
        return all;
    }

    /// By group the slowest peer's time divided by its own bound.
    Map<String, Double> groups() {
        Map<String, Double> slowest = new LinkedHashMap<>();
        for (Finish peer : peers) {
            slowest.merge(peer.group(), peer.seconds() / peer.bound(), Math::max);
        }
        return slowest;
    }

    /// The first failures, for a person.
    List<String> failures() {
        return peers.stream()
                .map(Finish::failure)
                .filter(failure -> !failure.isEmpty())
                .limit(5)
                .toList();
    }
}
