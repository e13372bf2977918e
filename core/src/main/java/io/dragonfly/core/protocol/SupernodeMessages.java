// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.core.protocol;

import static io.dragonfly.core.protocol.Field.bool;
import static io.dragonfly.core.protocol.Field.count;
import static io.dragonfly.core.protocol.Field.hex;
import static io.dragonfly.core.protocol.Field.host;
import static io.dragonfly.core.protocol.Field.integer;
import static io.dragonfly.core.protocol.Field.line;
import static io.dragonfly.core.protocol.Field.longInteger;
import static io.dragonfly.core.protocol.Field.peer;
import static io.dragonfly.core.protocol.Field.port;
import static io.dragonfly.core.protocol.Field.text;
import static io.dragonfly.core.protocol.Field.texts;
import static io.dragonfly.core.protocol.Field.version;
import static io.dragonfly.core.protocol.MessageType.row;

import java.util.List;

/// The rows of the table for [FromSupernode]: fields in the order of the records' components.
final class SupernodeMessages {
    private static final int MAX_BASE64 = 512 << 10;

    static final List<MessageType<FromSupernode>> TYPES =
            List.of(
                    welcome(),
                    rejected(),
                    registered(),
                    refused(),
                    offer(),
                    blockDigests(),
                    pieceDigests(),
                    cancel(),
                    length(),
                    ended(),
                    swarmSize(),
                    command());

    private SupernodeMessages() {}

    private static MessageType<FromSupernode> welcome() {
        return MessageType.of(
                FromSupernode.Welcome.class,
                "welcome",
                List.of(
                        integer("version", 1, 65_535),
                        text("supernode", 1, 128),
                        host("seedHost"),
                        port("seedPort"),
                        longInteger("reconnectSpreadMillis", 0)),
                v ->
                        new FromSupernode.Welcome(
                                v.integer(0),
                                v.text(1),
                                v.textOrNull(2),
                                v.integer(3),
                                v.longInteger(4)),
                m ->
                        row(
                                m.version(),
                                m.supernode(),
                                m.seedHost(),
                                m.seedPort(),
                                m.reconnectSpreadMillis()));
    }

    private static MessageType<FromSupernode> rejected() {
        return MessageType.of(
                FromSupernode.Rejected.class,
                "rejected",
                List.of(text("code", 1, 64), line("message", 1024)),
                v -> new FromSupernode.Rejected(v.text(0), v.text(1)),
                m -> row(m.code(), m.message()));
    }

    private static MessageType<FromSupernode> registered() {
        return MessageType.of(
                FromSupernode.Registered.class,
                "registered",
                List.of(
                        longInteger("request", 0),
                        hex("task", 64),
                        version(),
                        hex("secret", 32),
                        longInteger("length", -1),
                        integer("pieceSize", 1, Integer.MAX_VALUE),
                        integer("blockSize", 1, Integer.MAX_VALUE),
                        integer("rangeBlocks", 1, Integer.MAX_VALUE),
                        text("encoding", 1, 64),
                        text("etag", 0, 4096),
                        text("lastModified", 0, 256),
                        text("contentType", 0, 1024),
                        text("inline", 0, MAX_BASE64).orNull()),
                v ->
                        new FromSupernode.Registered(
                                v.longInteger(0),
                                v.text(1),
                                v.text(2),
                                v.text(3),
                                v.longInteger(4),
                                v.integer(5),
                                v.integer(6),
                                v.integer(7),
                                v.text(8),
                                v.text(9),
                                v.text(10),
                                v.text(11),
                                v.textOrNull(12)),
                m ->
                        row(
                                m.request(),
                                m.task(),
                                m.version(),
                                m.secret(),
                                m.length(),
                                m.pieceSize(),
                                m.blockSize(),
                                m.rangeBlocks(),
                                m.encoding(),
                                m.etag(),
                                m.lastModified(),
                                m.contentType(),
                                m.inline()));
    }

    private static MessageType<FromSupernode> refused() {
        return MessageType.of(
                FromSupernode.Refused.class,
                "refused",
                List.of(
                        longInteger("request", 0),
                        text("code", 1, 64),
                        line("message", 1024),
                        longInteger("retryAfterMillis", 0),
                        bool("mayAskOrigin")),
                v ->
                        new FromSupernode.Refused(
                                v.longInteger(0),
                                v.text(1),
                                v.text(2),
                                v.longInteger(3),
                                v.bool(4)),
                m ->
                        row(
                                m.request(),
                                m.code(),
                                m.message(),
                                m.retryAfterMillis(),
                                m.mayAskOrigin()));
    }

    private static MessageType<FromSupernode> offer() {
        return MessageType.of(
                FromSupernode.Offer.class,
                "offer",
                List.of(
                        version(),
                        count("range"),
                        count("block"),
                        peer("parent"),
                        host("host"),
                        port("port"),
                        hex("pieceDigest", 64).orNull()),
                v ->
                        new FromSupernode.Offer(
                                v.text(0),
                                v.integer(1),
                                v.integer(2),
                                v.text(3),
                                v.textOrNull(4),
                                v.integer(5),
                                v.textOrNull(6)),
                m ->
                        row(
                                m.version(),
                                m.range(),
                                m.block(),
                                m.parent(),
                                m.host(),
                                m.port(),
                                m.pieceDigest()));
    }

    private static MessageType<FromSupernode> blockDigests() {
        return MessageType.of(
                FromSupernode.BlockDigests.class,
                "block-digests",
                List.of(version(), count("firstBlock"), text("digests", 0, MAX_BASE64)),
                v -> new FromSupernode.BlockDigests(v.text(0), v.integer(1), v.text(2)),
                m -> row(m.version(), m.firstBlock(), m.digests()));
    }

    private static MessageType<FromSupernode> pieceDigests() {
        return MessageType.of(
                FromSupernode.PieceDigests.class,
                "piece-digests",
                List.of(version(), count("firstPiece"), text("digests", 0, MAX_BASE64)),
                v -> new FromSupernode.PieceDigests(v.text(0), v.integer(1), v.text(2)),
                m -> row(m.version(), m.firstPiece(), m.digests()));
    }

    private static MessageType<FromSupernode> cancel() {
        return MessageType.of(
                FromSupernode.Cancel.class,
                "cancel",
                List.of(version(), count("range"), peer("parent")),
                v -> new FromSupernode.Cancel(v.text(0), v.integer(1), v.text(2)),
                m -> row(m.version(), m.range(), m.parent()));
    }

    private static MessageType<FromSupernode> length() {
        return MessageType.of(
                FromSupernode.Length.class,
                "length",
                List.of(version(), longInteger("length", 0)),
                v -> new FromSupernode.Length(v.text(0), v.longInteger(1)),
                m -> row(m.version(), m.length()));
    }

    private static MessageType<FromSupernode> ended() {
        return MessageType.of(
                FromSupernode.Ended.class,
                "ended",
                List.of(
                        version(),
                        text("code", 1, 64),
                        line("message", 1024),
                        bool("mayAskOrigin")),
                v -> new FromSupernode.Ended(v.text(0), v.text(1), v.text(2), v.bool(3)),
                m -> row(m.version(), m.code(), m.message(), m.mayAskOrigin()));
    }

    private static MessageType<FromSupernode> swarmSize() {
        return MessageType.of(
                FromSupernode.SwarmSize.class,
                "swarm-size",
                List.of(version().orNull(), count("peers")),
                v -> new FromSupernode.SwarmSize(v.textOrNull(0), v.integer(1)),
                m -> row(m.version(), m.peers()));
    }

    private static MessageType<FromSupernode> command() {
        return MessageType.of(
                FromSupernode.Command.class,
                "command",
                List.of(text("name", 1, 64), texts("arguments", 64, 4096)),
                v -> new FromSupernode.Command(v.text(0), v.texts(1)),
                m -> row(m.name(), m.arguments()));
    }
}
