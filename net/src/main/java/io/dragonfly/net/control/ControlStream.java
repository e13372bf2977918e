// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.net.control;

import io.dragonfly.core.protocol.FromPeer;
import io.dragonfly.core.protocol.FromSupernode;
import io.dragonfly.core.protocol.ProtocolException;

import java.util.List;

/// A peer's open stream to one supernode. Thread-safe; nothing here blocks.
public interface ControlStream {
    /// The supernode's answer to the hello.
    FromSupernode.Welcome welcome();

    /// IP address of this side of the connection, without port and zone.
    String localHost();

    /// IP address of the supernode's side of the connection, without port and zone.
    String remoteHost();

    /// Whether nobody between the two sides can read along: the stream is encrypted, or both are on
    /// one machine. False once it has ended.
    boolean isPrivate();

    /// Sends the messages, in order, after those sent before: at once when nothing went out within
    /// the batch delay, else together with others at its end. Never blocks: a queue that is full
    /// ends the stream. On a stream that has ended this does nothing; [Receiver#closed] has said so
    /// or will.
    ///
    /// @throws IllegalArgumentException where a message exceeds a limit of the protocol; none of
    ///   the messages is sent then
    void send(FromPeer... messages);

    /// Sends what is queued, then ends the stream. Messages that arrive from now on are dropped;
    /// [Receiver#closed] is called with `reason`.
    void close(String reason);

    /// What a peer does with what it is told. Called on virtual threads, one call at a time per
    /// stream, in order; while a call runs nothing more is read from the stream, so a slow receiver
    /// slows the supernode down. Calls may come before [ControlClient#connect] has returned.
    interface Receiver {
        /// A frame's messages, at least one, in the order they were sent.
        ///
        /// @throws ProtocolException where they make no sense: the stream ends with its message
        void received(List<FromSupernode> messages) throws ProtocolException;

        /// The stream has ended; the last call. Every stream that `connect` returned gets it once.
        void closed(String reason);
    }
}
