// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.supernode;

import io.dragonfly.core.model.HostPort;
import io.dragonfly.core.model.PeerId;
import io.dragonfly.core.scheduler.Placement;
import io.dragonfly.net.control.PeerStream;

import org.jspecify.annotations.Nullable;

/// A connected peer.
///
/// @param address where others fetch from it; null: nowhere
record ConnectedPeer(
        PeerId id,
        String hostname,
        PeerStream stream,
        @Nullable HostPort address,
        Placement placement,
        String software) {}
