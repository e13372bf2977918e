// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.peer;

import io.dragonfly.core.limits.TrafficClass;
import io.dragonfly.core.model.HostPort;
import io.dragonfly.core.model.TaskSpec;

import java.util.List;

/// What a caller of the engine wants.
///
/// @param supernodes in the order they are tried; empty: those of the configuration
/// @param backToSource whether this host may read the origin itself when nothing else helps
/// @param bytesPerSecond limit of this download, 0 for none
/// @param traffic how urgent it is, against the other downloads of this host
public record DownloadRequest(
        TaskSpec spec,
        List<HostPort> supernodes,
        Pattern pattern,
        boolean backToSource,
        long bytesPerSecond,
        TrafficClass traffic) {
    /// Where bytes may come from, as v1 named it.
    public enum Pattern {
        /// From peers and the supernode; serves others.
        P2P,
        /// From peers and the supernode; serves nobody.
        CDN,
        /// From the origin only.
        SOURCE
    }

    public DownloadRequest {
        supernodes = List.copyOf(supernodes);
    }

    /// Somebody waits for it.
    public DownloadRequest(
            TaskSpec spec,
            List<HostPort> supernodes,
            Pattern pattern,
            boolean backToSource,
            long bytesPerSecond) {
        this(spec, supernodes, pattern, backToSource, bytesPerSecond, TrafficClass.FOREGROUND);
    }
}
