// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.sim.swarm;

import io.dragonfly.core.model.PeerId;

import java.util.Map;

/// Tells hosts how many they are, when that changed by much: without a supernode each waits the
/// longer for its turn at the origin.
final class SwarmSizes {
    private final Map<PeerId, SimStream> streams;
    private int told;

    SwarmSizes(Map<PeerId, SimStream> streams) {
        this.streams = streams;
    }

    void opened(SimStream stream) {
        int now = streams.size();
        if (now > told + told / 4 || now < told / 2) {
            told = now;
            streams.values().forEach(s -> tell(s, now));
        } else {
            tell(stream, now);
        }
    }

    /// A member says whether it lacks anything.
    void wants(SimSwarm swarm, SimStream stream, boolean wants) {
        PeerId peer = stream.host.id();
        if (wants) {
            swarm.wanting().add(peer);
        } else {
            swarm.wanting().remove(peer);
        }
        int now = swarm.wanting().size();
        if (swarm.tellAll()) {
            for (PeerId other : swarm.wanting()) {
                SimStream to = streams.get(other);
                if (to != null) {
                    tell(to, now);
                }
            }
        } else if (wants) {
            tell(stream, now);
        }
    }

    private static void tell(SimStream stream, int size) {
        stream.toPeer(MessageSizes.SWARM_SIZE, () -> stream.host.swarmSize(size));
    }
}
