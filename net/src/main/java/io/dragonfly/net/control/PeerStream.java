// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.net.control;

import io.dragonfly.core.protocol.FromSupernode;

/// A supernode's open stream to one peer. Thread-safe; nothing here blocks.
public interface PeerStream {
    /// IP address of this side of the connection, without port and zone.
    String localHost();

    /// IP address of the peer's side of the connection, without port and zone.
    String remoteHost();

    /// Whether nobody between the two sides can read along: the stream is encrypted, or both are on
    /// one machine. False once it has ended.
    boolean isPrivate();

    /// Sends the messages, in order, after those sent before: at once when nothing went out within
    /// the batch delay, else together with others at its end. What is sent before the hello is
    /// answered goes out after the welcome. Never blocks: a queue that is full ends the stream. On
    /// a stream that has ended this does nothing.
    ///
    /// @throws IllegalArgumentException where a message exceeds a limit of the protocol; none of
    ///   the messages is sent then
    void send(FromSupernode... messages);

    /// Sends what is queued, then ends the stream. Messages that arrive from now on are dropped;
    /// [ControlServer.Listener#closed] is called with `reason`.
    void close(String reason);
}
