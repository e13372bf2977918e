// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.sim.scenario;

import io.dragonfly.core.model.Check;

/// Hosts that are alike.
///
/// @param name of the class, for the report
/// @param count how many
/// @param up rate of the link out, Mbit/s
/// @param down rate of the link in, Mbit/s
/// @param idc where they are; empty for nowhere in particular
/// @param fromSeconds when the first may arrive
/// @param withinSeconds the last arrives so long after that, at random times
/// @param traits what is special about them
public record HostClass(
        String name,
        int count,
        double up,
        double down,
        String idc,
        double fromSeconds,
        double withinSeconds,
        Traits traits) {
    public HostClass {
        Check.argument(count >= 0, "hosts: %d", count);
        Check.argument(up > 0 && down > 0, "links must have a rate");
        Check.argument(fromSeconds >= 0 && withinSeconds >= 0, "arrivals must not be negative");
    }

    /// Ordinary hosts that arrive within 50 ms.
    public static HostClass of(String name, int count, double up, double down) {
        return new HostClass(name, count, up, down, "", 0, 0.05, Traits.NONE);
    }

    public HostClass in(String where) {
        return new HostClass(name, count, up, down, where, fromSeconds, withinSeconds, traits);
    }

    public HostClass arriving(double from, double within) {
        return new HostClass(name, count, up, down, idc, from, within, traits);
    }

    public HostClass with(Traits special) {
        return new HostClass(name, count, up, down, idc, fromSeconds, withinSeconds, special);
    }

    public HostClass times(int newCount) {
        return new HostClass(name, newCount, up, down, idc, fromSeconds, withinSeconds, traits);
    }

    /// What is special about hosts.
    ///
    /// @param slots download and upload slots that they ask for, 0 for what measuring gives
    /// @param limitMbit limit on what they fetch, Mbit/s; 0 for none
    /// @param diskMbit rate at which they write, Mbit/s; 0 for as fast as anything comes
    /// @param diskBytes room on the disk; 0 for enough
    /// @param lies every block that they send is wrong
    /// @param mayFail whether the run is fine without them
    /// @param backToSource whether they may read the origin themselves
    public record Traits(
            int slots,
            double limitMbit,
            double diskMbit,
            long diskBytes,
            boolean lies,
            boolean mayFail,
            boolean backToSource) {
        public static final Traits NONE = new Traits(0, 0, 0, 0, false, false, true);

        public Traits slots(int number) {
            return new Traits(number, limitMbit, diskMbit, diskBytes, lies, mayFail, backToSource);
        }

        public Traits limited(double mbit) {
            return new Traits(slots, mbit, diskMbit, diskBytes, lies, mayFail, backToSource);
        }

        public Traits slowDisk(double mbit) {
            return new Traits(slots, limitMbit, mbit, diskBytes, lies, mayFail, backToSource);
        }

        public Traits smallDisk(long bytes) {
            return new Traits(slots, limitMbit, diskMbit, bytes, lies, mayFail, backToSource);
        }

        public Traits liars() {
            return new Traits(slots, limitMbit, diskMbit, diskBytes, true, mayFail, backToSource);
        }

        public Traits allowedToFail() {
            return new Traits(slots, limitMbit, diskMbit, diskBytes, lies, true, backToSource);
        }
    }
}
