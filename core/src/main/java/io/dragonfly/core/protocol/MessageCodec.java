// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.core.protocol;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;

import io.dragonfly.core.model.Check;

import java.nio.charset.StandardCharsets;
import java.util.List;

/// Messages to JSON and back. A frame of the control stream is a JSON array of objects, each with
/// its `type` and the fields of its record; see docs/protocol-control.md. A field that may be
/// absent is left out when it is null. Unknown fields and messages of unknown types are skipped: a
/// newer software may send them.
///
/// What is decoded keeps every limit of the reference, so that its users need not check sizes
/// again; whatever is wrong with the bytes is a [ProtocolException] and nothing else. What is
/// encoded is held to the same limits, with an [IllegalArgumentException]: the other side would end
/// the stream.
///
/// Thread-safe; does no I/O.
public final class MessageCodec {
    /// Most bytes of a frame.
    public static final int MAX_BYTES = 1 << 20;

    /// Most messages of a frame.
    public static final int MAX_MESSAGES = 4096;

    /// Most levels of arrays and objects, the outer array and the message included; what is deeper
    /// can only be in fields that this version does not know.
    static final int MAX_DEPTH = 16;

    private static final int MAX_NAME = 256;
    private static final int MAX_NUMBER = 64;

    private final MessageDecoder<FromPeer> fromPeer;
    private final MessageDecoder<FromSupernode> fromSupernode;
    private final MessageEncoder encoder;
    private final int maxBytes;

    public MessageCodec() {
        this(MAX_BYTES, MAX_MESSAGES);
    }

    /// @param maxBytes most bytes of a frame, at least 1024
    /// @param maxMessages most messages of a frame
    public MessageCodec(int maxBytes, int maxMessages) {
        Check.argument(maxBytes >= 1024, "a frame must hold 1024 bytes or more: %d", maxBytes);
        Check.argument(maxMessages >= 1, "a frame must hold a message: %d", maxMessages);
        this.maxBytes = maxBytes;
        // The pool replaces one kept per thread, which virtual threads would fill anew each time.
        JsonFactory json =
                JsonFactory.builder()
                        .recyclerPool(JsonRecyclerPools.newBoundedPool(64))
                        .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                        .streamReadConstraints(
                                StreamReadConstraints.builder()
                                        .maxDocumentLength(maxBytes)
                                        .maxNestingDepth(MAX_DEPTH)
                                        .maxStringLength(maxBytes)
                                        .maxNameLength(MAX_NAME)
                                        .maxNumberLength(MAX_NUMBER)
                                        .build())
                        .build();
        fromPeer = new MessageDecoder<>(MessageTable.FROM_PEER, json, maxBytes, maxMessages);
        fromSupernode =
                new MessageDecoder<>(MessageTable.FROM_SUPERNODE, json, maxBytes, maxMessages);
        encoder = new MessageEncoder(maxBytes);
    }

    /// Decodes one frame: UTF-8 bytes of a JSON array.
    public List<FromPeer> decodeFromPeer(byte[] frame) throws ProtocolException {
        return fromPeer.decode(frame, 0, frame.length);
    }

    /// Decodes `length` bytes from `offset` on.
    public List<FromPeer> decodeFromPeer(byte[] frame, int offset, int length)
            throws ProtocolException {
        return fromPeer.decode(frame, offset, length);
    }

    /// Decodes one frame: UTF-8 bytes of a JSON array.
    public List<FromSupernode> decodeFromSupernode(byte[] frame) throws ProtocolException {
        return fromSupernode.decode(frame, 0, frame.length);
    }

    /// Decodes `length` bytes from `offset` on.
    public List<FromSupernode> decodeFromSupernode(byte[] frame, int offset, int length)
            throws ProtocolException {
        return fromSupernode.decode(frame, offset, length);
    }

    /// One message as a JSON object in UTF-8, without the array around it: a sender collects these.
    ///
    /// @throws IllegalArgumentException where the message exceeds a limit of the protocol; the text
    ///   names the field and never repeats its value
    public byte[] encode(FromPeer message) {
        return encoder.encode(MessageTable.FROM_PEER, message);
    }

    /// As [#encode(FromPeer)].
    public byte[] encode(FromSupernode message) {
        return encoder.encode(MessageTable.FROM_SUPERNODE, message);
    }

    /// A whole frame of messages that [#encode(FromPeer)] made.
    ///
    /// @throws IllegalArgumentException where they do not fit into one frame
    public byte[] frame(List<byte[]> messages) {
        long size = 2L + Math.max(0, messages.size() - 1);
        for (byte[] message : messages) {
            size += message.length;
        }
        Check.argument(size <= maxBytes, "a frame of %d bytes, at most %d", size, maxBytes);
        byte[] frame = new byte[(int) size];
        int at = 0;
        frame[at++] = '[';
        for (byte[] message : messages) {
            if (at > 1) {
                frame[at++] = ',';
            }
            System.arraycopy(message, 0, frame, at, message.length);
            at += message.length;
        }
        frame[at] = ']';
        return frame;
    }

    /// The frame as text, for people and tests.
    public String text(List<byte[]> messages) {
        return new String(frame(messages), StandardCharsets.UTF_8);
    }
}
