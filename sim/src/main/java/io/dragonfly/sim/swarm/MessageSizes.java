// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.sim.swarm;

import io.dragonfly.core.protocol.FailureReason;
import io.dragonfly.core.protocol.FromPeer;
import io.dragonfly.core.protocol.FromSupernode;
import io.dragonfly.core.protocol.MessageCodec;

import java.util.List;

/// How many bytes messages of the control stream have: what the production codec makes of typical
/// ones, and of lists what an entry adds. Frames come on top: brackets, WebSocket, TCP and IP.
final class MessageSizes {
    /// Of a frame, each way.
    static final int FRAME = 70;

    private static final String ID = "0".repeat(32);
    private static final String PEER = "0".repeat(32);
    private static final MessageCodec CODEC = new MessageCodec();

    static final int OFFER =
            of(
                    new FromSupernode.Offer(
                            ID, 1000, 4000, PEER, "10.123.123.123", 65002, "0".repeat(64)));
    static final int OFFER_WITHOUT_DIGEST =
            of(new FromSupernode.Offer(ID, 1000, 4000, PEER, "10.123.123.123", 65002, null));
    static final int CANCEL = of(new FromSupernode.Cancel(ID, 1000, PEER));
    static final int RECHECK = of(new FromSupernode.Recheck(ID, 4000, 4016));
    static final int DIGESTS = of(new FromSupernode.BlockDigests(ID, 4000, ""));
    static final int DIGEST = 43;
    static final int SWARM_SIZE = of(new FromSupernode.SwarmSize(ID, 1000));
    static final int ENDED =
            of(new FromSupernode.Ended(ID, "origin-changed", "0".repeat(80), false));
    static final int WELCOME = of(new FromSupernode.Welcome(1, PEER, null, 8001, 1000));
    static final int REGISTERED =
            of(
                    new FromSupernode.Registered(
                            1,
                            "0".repeat(64),
                            ID,
                            ID,
                            200_000_000,
                            4 << 20,
                            256 << 10,
                            4,
                            "identity",
                            ID,
                            "0".repeat(29),
                            "application/octet-stream",
                            null));
    static final int REFUSED =
            of(new FromSupernode.Refused(1, "origin-network", "0".repeat(80), 3000, false));

    static final int PROGRESS =
            of(new FromPeer.Progress(ID, List.of(1000), List.of(), 1000, 10_000_000));
    static final int ENDING = of(new FromPeer.Ending(ID, 1000));
    static final int FAILED = of(new FromPeer.Failed(ID, 1000, PEER, FailureReason.CLOSED, 4000));
    static final int SLOW = of(new FromPeer.Slow(ID, 1000, PEER, 4000));
    static final int SLOTS = of(new FromPeer.Slots(8, 8));
    static final int RECHECKED = of(new FromPeer.Rechecked(ID, 4000, 4016, List.of(1000)));
    static final int ANNOUNCE =
            of(new FromPeer.Announce(ID, "0".repeat(40), List.of(), true, 0, ID));
    static final int LEAVE = of(new FromPeer.Leave(ID));
    static final int REGISTER = 400;

    private MessageSizes() {}

    static int of(FromSupernode message) {
        return CODEC.encode(message).length + 1;
    }

    static int of(FromPeer message) {
        return CODEC.encode(message).length + 1;
    }
}
