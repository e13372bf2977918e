// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.e2e.faults;

import java.util.Set;

/// What can go wrong, and what a download on the very host may then end with. A download on any
/// other host must not notice.
public enum Fault {
    /// `kill -9` of a daemon; it is started again at the end of the fault.
    KILL,

    /// SIGSTOP of a daemon, SIGCONT at the end.
    STOP,

    /// All that a host sends or should receive vanishes, and nobody is told.
    BLACKHOLE,

    /// All TCP connections of a host are reset, once.
    RESET,

    /// A host's link has a hundredth of its rate.
    THROTTLE,

    /// No byte is free on a host's disk.
    FILL_DISK,

    /// A host's disk has changed bits in a content file, once. What that host itself gives out is
    /// not judged from then on: an output may be that very file.
    CORRUPT,

    /// `kill -9` of the supernode; it is started again at the end of the fault.
    KILL_SUPERNODE,

    /// SIGSTOP of the supernode, SIGCONT at the end.
    STOP_SUPERNODE,

    /// SIGSTOP of the origin, SIGCONT at the end.
    STOP_ORIGIN;

    /// Exit codes with which dfget on that host may end, to be run again.
    Set<Integer> excuses() {
        return switch (this) {
            case KILL -> Set.of(17);
            case FILL_DISK -> Set.of(13, 14, 23);
            case STOP, BLACKHOLE, RESET, THROTTLE, CORRUPT -> Set.of();
            case KILL_SUPERNODE, STOP_SUPERNODE, STOP_ORIGIN -> Set.of();
        };
    }

    /// Whether it happens to one of the peers.
    boolean isOfPeer() {
        return switch (this) {
            case KILL, STOP, BLACKHOLE, RESET, THROTTLE, FILL_DISK, CORRUPT -> true;
            case KILL_SUPERNODE, STOP_SUPERNODE, STOP_ORIGIN -> false;
        };
    }
}
