// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.net.control;

import io.dragonfly.core.model.Check;
import io.dragonfly.core.protocol.MessageCodec;

import java.time.Duration;

/// Times and limits of control streams; the same record serves both sides.
///
/// @param handshakeTimeout a client waits so long for connection and welcome, a server for the
///   hello
/// @param pingInterval a side that heard nothing for so long asks with a ping
/// @param deadAfter a side that heard nothing for so long ends the stream
/// @param batchDelay what is sent within this time after a frame goes out together
/// @param closeTimeout a closed stream gets so long to send what is queued and to say goodbye
/// @param maxFrameBytes of one frame in either direction
/// @param maxQueuedMessages waiting to go out of one stream; one more ends it
/// @param maxQueuedBytes waiting to go out of one stream; more ends it
/// @param maxMessagesPerSecond that one stream may bring, with a burst of four seconds' worth
/// @param maxStreams of a server at a time
public record ControlSettings(
        Duration handshakeTimeout,
        Duration pingInterval,
        Duration deadAfter,
        Duration batchDelay,
        Duration closeTimeout,
        int maxFrameBytes,
        int maxQueuedMessages,
        int maxQueuedBytes,
        int maxMessagesPerSecond,
        int maxStreams) {
    public static final ControlSettings DEFAULT =
            new ControlSettings(
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(5),
                    Duration.ofSeconds(15),
                    Duration.ofMillis(2),
                    Duration.ofSeconds(2),
                    MessageCodec.MAX_BYTES,
                    16_384,
                    4 << 20,
                    20_000,
                    20_000);

    public ControlSettings {
        Check.argument(
                handshakeTimeout.isPositive() && pingInterval.isPositive(),
                "timeouts must be positive");
        Check.argument(
                deadAfter.compareTo(pingInterval) > 0,
                "deadAfter (%s) must be longer than pingInterval (%s)",
                deadAfter,
                pingInterval);
        Check.argument(!batchDelay.isNegative(), "batchDelay must not be negative");
        Check.argument(closeTimeout.isPositive(), "closeTimeout must be positive");
        Check.argument(
                maxFrameBytes >= 1024 && maxFrameBytes <= MessageCodec.MAX_BYTES,
                "maxFrameBytes must be 1024..%d: %d",
                MessageCodec.MAX_BYTES,
                maxFrameBytes);
        Check.argument(
                maxQueuedMessages > 0 && maxQueuedBytes >= maxFrameBytes,
                "the outgoing queue must hold a frame");
        Check.argument(maxMessagesPerSecond > 0 && maxStreams > 0, "limits must be positive");
    }

    public ControlSettings withHandshakeTimeout(Duration timeout) {
        return new ControlSettings(
                timeout,
                pingInterval,
                deadAfter,
                batchDelay,
                closeTimeout,
                maxFrameBytes,
                maxQueuedMessages,
                maxQueuedBytes,
                maxMessagesPerSecond,
                maxStreams);
    }

    public ControlSettings withKeepAlive(Duration ping, Duration dead) {
        return new ControlSettings(
                handshakeTimeout,
                ping,
                dead,
                batchDelay,
                closeTimeout,
                maxFrameBytes,
                maxQueuedMessages,
                maxQueuedBytes,
                maxMessagesPerSecond,
                maxStreams);
    }

    public ControlSettings withBatchDelay(Duration delay) {
        return new ControlSettings(
                handshakeTimeout,
                pingInterval,
                deadAfter,
                delay,
                closeTimeout,
                maxFrameBytes,
                maxQueuedMessages,
                maxQueuedBytes,
                maxMessagesPerSecond,
                maxStreams);
    }

    public ControlSettings withQueue(int messages, int bytes) {
        return new ControlSettings(
                handshakeTimeout,
                pingInterval,
                deadAfter,
                batchDelay,
                closeTimeout,
                maxFrameBytes,
                messages,
                bytes,
                maxMessagesPerSecond,
                maxStreams);
    }

    public ControlSettings withMaxMessagesPerSecond(int messages) {
        return new ControlSettings(
                handshakeTimeout,
                pingInterval,
                deadAfter,
                batchDelay,
                closeTimeout,
                maxFrameBytes,
                maxQueuedMessages,
                maxQueuedBytes,
                messages,
                maxStreams);
    }

    public ControlSettings withMaxStreams(int streams) {
        return new ControlSettings(
                handshakeTimeout,
                pingInterval,
                deadAfter,
                batchDelay,
                closeTimeout,
                maxFrameBytes,
                maxQueuedMessages,
                maxQueuedBytes,
                maxMessagesPerSecond,
                streams);
    }
}
