// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.e2e.soak;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/// One minute of a soak.
///
/// @param number from 1
/// @param downloads that ended well and were not interrupted
/// @param interrupted downloads whose own daemon was killed and that were run again
/// @param failed downloads that failed for another reason, or came out wrong
/// @param median seconds of a download that was not interrupted
/// @param p99 the same, of a hundred the slowest
/// @param supernode its process
/// @param steady a daemon that is never killed
/// @param largest the most of all daemons
record Minute(
        int number,
        int downloads,
        int interrupted,
        int failed,
        double median,
        double p99,
        Use supernode,
        Use steady,
        Use largest) {
    static final String HEAD =
            "minute,downloads,interrupted,failed,median_s,p99_s,supernode_rss,supernode_anon,"
                    + "supernode_fds,steady_rss,steady_anon,steady_fds,largest_rss,largest_anon,"
                    + "largest_fds";

    /// @param resident bytes
    /// @param anonymous bytes
    record Use(long resident, long anonymous, int descriptors) {
        static final Use NONE = new Use(0, 0, 0);

        Use most(Use other) {
            return new Use(
                    Math.max(resident, other.resident),
                    Math.max(anonymous, other.anonymous),
                    Math.max(descriptors, other.descriptors));
        }

        private String csv() {
            return "%d,%d,%d".formatted(resident, anonymous, descriptors);
        }

        @Override
        public String toString() {
            return "%d (%d) MiB %d fds".formatted(resident >> 20, anonymous >> 20, descriptors);
        }
    }

    /// By nearest rank; 0 where there is none.
    static double quantile(double[] values, double share) {
        if (values.length == 0) {
            return 0;
        }
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[Math.max(0, (int) Math.ceil(share * sorted.length) - 1)];
    }

    String csv() {
        return String.format(
                Locale.ROOT,
                "%d,%d,%d,%d,%.3f,%.3f,%s,%s,%s",
                number,
                downloads,
                interrupted,
                failed,
                median,
                p99,
                supernode.csv(),
                steady.csv(),
                largest.csv());
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "minute %3d: %4d downloads, median %.2f s, p99 %.2f s, %d interrupted, %d failed;"
                        + " supernode %s; steady daemon %s; largest %s",
                number,
                downloads,
                median,
                p99,
                interrupted,
                failed,
                supernode,
                steady,
                largest);
    }

    /// What has grown over a soak: medians of its last third against those of its first, after a
    /// fifth of warming up.
    static List<String> trends(List<Minute> all) {
        List<Minute> warm = all.subList(all.size() / 5, all.size());
        int third = warm.size() / 3;
        List<Minute> first = warm.subList(0, third);
        List<Minute> last = warm.subList(warm.size() - third, warm.size());
        return List.of(
                        grown("median latency (s)", first, last, 1.25, 0.1, Minute::median),
                        grown(
                                "anonymous memory of the supernode",
                                first,
                                last,
                                1.1,
                                8 << 20,
                                m -> m.supernode.anonymous),
                        grown(
                                "anonymous memory of the steady daemon",
                                first,
                                last,
                                1.1,
                                8 << 20,
                                m -> m.steady.anonymous),
                        grown(
                                "descriptors of the supernode",
                                first,
                                last,
                                1,
                                20,
                                m -> m.supernode.descriptors),
                        grown(
                                "descriptors of the steady daemon",
                                first,
                                last,
                                1,
                                20,
                                m -> m.steady.descriptors))
                .stream()
                .filter(text -> !text.isEmpty())
                .toList();
    }

    private static String grown(
            String what,
            List<Minute> first,
            List<Minute> last,
            double factor,
            double slack,
            ToDoubleFunction<Minute> value) {
        double before = quantile(first.stream().mapToDouble(value).toArray(), 0.5);
        double after = quantile(last.stream().mapToDouble(value).toArray(), 0.5);
        return after <= before * factor + slack
                ? ""
                : String.format(Locale.ROOT, "%s has grown from %.2f to %.2f", what, before, after);
    }
}
