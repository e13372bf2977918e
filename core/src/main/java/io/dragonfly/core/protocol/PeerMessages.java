// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.core.protocol;

import static io.dragonfly.core.protocol.Field.bool;
import static io.dragonfly.core.protocol.Field.count;
import static io.dragonfly.core.protocol.Field.counts;
import static io.dragonfly.core.protocol.Field.hex;
import static io.dragonfly.core.protocol.Field.host;
import static io.dragonfly.core.protocol.Field.integer;
import static io.dragonfly.core.protocol.Field.line;
import static io.dragonfly.core.protocol.Field.longInteger;
import static io.dragonfly.core.protocol.Field.peer;
import static io.dragonfly.core.protocol.Field.port;
import static io.dragonfly.core.protocol.Field.reason;
import static io.dragonfly.core.protocol.Field.text;
import static io.dragonfly.core.protocol.Field.texts;
import static io.dragonfly.core.protocol.Field.version;
import static io.dragonfly.core.protocol.MessageType.row;

import java.util.List;

/// The rows of the table for [FromPeer]: fields in the order of the records' components.
final class PeerMessages {
    private static final int MAX_ITEMS = 16_384;

    static final List<MessageType<FromPeer>> TYPES =
            List.of(
                    hello(),
                    register(),
                    announce(),
                    progress(),
                    failed(),
                    ending(),
                    slow(),
                    rechecked(),
                    slots(),
                    leave(),
                    originEnded(),
                    bye());

    private PeerMessages() {}

    private static MessageType<FromPeer> hello() {
        return MessageType.of(
                FromPeer.Hello.class,
                "hello",
                List.of(
                        integer("minVersion", 1, 65_535),
                        integer("maxVersion", 1, 65_535),
                        peer("peer"),
                        line("hostname", 255),
                        host("advertise"),
                        port("piecePort"),
                        line("idc", 128),
                        line("securityDomain", 128),
                        line("hostGroup", 128),
                        text("clusterToken", 0, 1024).orNull(),
                        line("software", 128)),
                v ->
                        new FromPeer.Hello(
                                v.integer(0),
                                v.integer(1),
                                v.text(2),
                                v.text(3),
                                v.textOrNull(4),
                                v.integer(5),
                                v.text(6),
                                v.text(7),
                                v.text(8),
                                v.textOrNull(9),
                                v.text(10)),
                m ->
                        row(
                                m.minVersion(),
                                m.maxVersion(),
                                m.peer(),
                                m.hostname(),
                                m.advertise(),
                                m.piecePort(),
                                m.idc(),
                                m.securityDomain(),
                                m.hostGroup(),
                                m.clusterToken(),
                                m.software()));
    }

    private static MessageType<FromPeer> register() {
        return MessageType.of(
                FromPeer.Register.class,
                "register",
                List.of(
                        longInteger("request", 0),
                        text("url", 1, 16_384),
                        texts("headers", 128, 16_384),
                        texts("filter", 128, 1024),
                        text("tag", 0, 1024),
                        text("digest", 1, 256).orNull(),
                        bool("insecure"),
                        text("caCerts", 0, 256 << 10),
                        bool("wantsInline"),
                        hex("held", 32).orNull()),
                v ->
                        new FromPeer.Register(
                                v.longInteger(0),
                                v.text(1),
                                v.texts(2),
                                v.texts(3),
                                v.text(4),
                                v.textOrNull(5),
                                v.bool(6),
                                v.text(7),
                                v.bool(8),
                                v.textOrNull(9)),
                m ->
                        row(
                                m.request(),
                                m.url(),
                                m.headers(),
                                m.filter(),
                                m.tag(),
                                m.digest(),
                                m.insecure(),
                                m.caCerts(),
                                m.wantsInline(),
                                m.held()));
    }

    private static MessageType<FromPeer> announce() {
        return MessageType.of(
                FromPeer.Announce.class,
                "announce",
                List.of(
                        version(),
                        text("ranges", 0, RangeBits.MAX_CHARS),
                        counts("partialPieces", MAX_ITEMS),
                        bool("wants"),
                        count("next"),
                        hex("secret", 32).orNull(),
                        integer("window", 1, Integer.MAX_VALUE).orNull()),
                v ->
                        new FromPeer.Announce(
                                v.text(0),
                                v.text(1),
                                v.counts(2),
                                v.bool(3),
                                v.integer(4),
                                v.textOrNull(5),
                                v.has(6) ? v.integer(6) : null),
                m ->
                        row(
                                m.version(),
                                m.ranges(),
                                m.partialPieces(),
                                m.wants(),
                                m.next(),
                                m.secret(),
                                m.window()));
    }

    private static MessageType<FromPeer> progress() {
        return MessageType.of(
                FromPeer.Progress.class,
                "progress",
                List.of(
                        version(),
                        counts("started", MAX_ITEMS),
                        counts("done", MAX_ITEMS),
                        count("next"),
                        longInteger("downBytesPerSecond", 0)),
                v ->
                        new FromPeer.Progress(
                                v.text(0),
                                v.counts(1),
                                v.counts(2),
                                v.integer(3),
                                v.longInteger(4)),
                m -> row(m.version(), m.started(), m.done(), m.next(), m.downBytesPerSecond()));
    }

    private static MessageType<FromPeer> failed() {
        return MessageType.of(
                FromPeer.Failed.class,
                "failed",
                List.of(
                        version(),
                        count("range"),
                        peer("parent"),
                        reason("reason"),
                        count("block")),
                v ->
                        new FromPeer.Failed(
                                v.text(0), v.integer(1), v.text(2), v.reason(3), v.integer(4)),
                m -> row(m.version(), m.range(), m.parent(), m.reason(), m.block()));
    }

    private static MessageType<FromPeer> ending() {
        return MessageType.of(
                FromPeer.Ending.class,
                "ending",
                List.of(version(), count("range")),
                v -> new FromPeer.Ending(v.text(0), v.integer(1)),
                m -> row(m.version(), m.range()));
    }

    private static MessageType<FromPeer> slow() {
        return MessageType.of(
                FromPeer.Slow.class,
                "slow",
                List.of(version(), count("range"), peer("parent"), count("block")),
                v -> new FromPeer.Slow(v.text(0), v.integer(1), v.text(2), v.integer(3)),
                m -> row(m.version(), m.range(), m.parent(), m.block()));
    }

    private static MessageType<FromPeer> rechecked() {
        return MessageType.of(
                FromPeer.Rechecked.class,
                "rechecked",
                List.of(
                        version(),
                        count("firstBlock"),
                        count("endBlock"),
                        counts("lost", MAX_ITEMS)),
                v -> new FromPeer.Rechecked(v.text(0), v.integer(1), v.integer(2), v.counts(3)),
                m -> row(m.version(), m.firstBlock(), m.endBlock(), m.lost()));
    }

    private static MessageType<FromPeer> slots() {
        return MessageType.of(
                FromPeer.Slots.class,
                "slots",
                List.of(count("download"), count("upload")),
                v -> new FromPeer.Slots(v.integer(0), v.integer(1)),
                m -> row(m.download(), m.upload()));
    }

    private static MessageType<FromPeer> leave() {
        return MessageType.of(
                FromPeer.Leave.class,
                "leave",
                List.of(version()),
                v -> new FromPeer.Leave(v.text(0)),
                m -> row(m.version()));
    }

    private static MessageType<FromPeer> originEnded() {
        return MessageType.of(
                FromPeer.OriginEnded.class,
                "origin-ended",
                List.of(hex("task", 64), bool("read"), line("why", 1024)),
                v -> new FromPeer.OriginEnded(v.text(0), v.bool(1), v.text(2)),
                m -> row(m.task(), m.read(), m.why()));
    }

    private static MessageType<FromPeer> bye() {
        return MessageType.of(
                FromPeer.Bye.class, "bye", List.of(), v -> new FromPeer.Bye(), m -> row());
    }
}
