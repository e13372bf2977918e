// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.storage;

import io.dragonfly.core.model.Check;
import io.dragonfly.core.model.Encoding;
import io.dragonfly.core.model.Geometry;
import io.dragonfly.core.model.Sha256;
import io.dragonfly.core.model.TaskId;
import io.dragonfly.core.model.Validators;
import io.dragonfly.core.model.Version;
import io.dragonfly.core.model.VersionId;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.CRC32C;

/// The bytes of a journal. All numbers are big-endian.
///
/// ```
/// preamble: "DFJOURNL", format (4 bytes), CRC32C of these 12 bytes
/// record:   length of the payload (4), type (1), payload, checksum (4)
/// ```
///
/// A record's checksum is the CRC32C of the checksum before it (the preamble's for the first
/// record), its length, type and payload. So a record is valid only behind the records it was
/// written behind: what an earlier end of the journal left on the disk never counts again.
///
/// Journals of another format share the preamble only.
final class JournalFormat {
    static final int FORMAT = 1;
    static final int PREAMBLE_BYTES = 16;

    /// Bytes of a record beside its payload: length and type before it, checksum behind it.
    static final int HEAD_BYTES = 5;

    static final int TAIL_BYTES = 4;
    static final int MAX_PAYLOAD = 64 << 10;

    /// Bytes of a whole record of a stored block, by far the most frequent.
    static final int BLOCK_RECORD_BYTES = HEAD_BYTES + 4 + Sha256.BYTES + TAIL_BYTES;

    private static final byte[] MAGIC = "DFJOURNL".getBytes(StandardCharsets.US_ASCII);
    private static final int HEADER = 1;
    private static final int BLOCK_STORED = 2;
    private static final int BLOCK_DROPPED = 3;
    private static final int LENGTH_KNOWN = 4;
    private static final int NOTE_SET = 5;
    private static final int SYNCED = 6;
    private static final int COMPLETED = 7;

    private JournalFormat() {}

    static ByteBuffer preamble() {
        return preamble(FORMAT);
    }

    static ByteBuffer preamble(int format) {
        ByteBuffer bytes = ByteBuffer.allocate(PREAMBLE_BYTES);
        bytes.put(MAGIC).putInt(format);
        bytes.putInt(crc(bytes.duplicate().flip()));
        return bytes.flip();
    }

    /// The format that a preamble names; empty where these bytes are none.
    static Optional<Integer> format(ByteBuffer preamble) {
        byte[] magic = new byte[MAGIC.length];
        preamble.get(0, magic);
        boolean ours = Arrays.equals(magic, MAGIC);
        int crc = crc(preamble.duplicate().position(0).limit(PREAMBLE_BYTES - 4));
        return ours && crc == preamble.getInt(PREAMBLE_BYTES - 4)
                ? Optional.of(preamble.getInt(MAGIC.length))
                : Optional.empty();
    }

    /// The checksum at the end of a preamble or record.
    static int checksum(ByteBuffer encoded) {
        return encoded.getInt(encoded.limit() - TAIL_BYTES);
    }

    /// A whole record that follows one with the checksum `previous`.
    static ByteBuffer encode(JournalRecord record, int previous) {
        byte[] payload;
        try {
            payload = payload(record);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory cannot fail", e);
        }
        Check.argument(payload.length <= MAX_PAYLOAD, "too much metadata for one journal record");
        ByteBuffer bytes = ByteBuffer.allocate(HEAD_BYTES + payload.length + TAIL_BYTES);
        bytes.putInt(payload.length).put((byte) type(record)).put(payload);
        bytes.putInt(chained(previous, bytes.duplicate().flip()));
        return bytes.flip();
    }

    /// The record that `bytes` (position to limit, one whole record) hold; empty where its checksum
    /// or its content is wrong.
    static Optional<JournalRecord> decode(ByteBuffer bytes, int previous) {
        int crc = chained(previous, bytes.slice(bytes.position(), bytes.remaining() - TAIL_BYTES));
        if (crc != checksum(bytes)) {
            return Optional.empty();
        }
        byte[] payload = new byte[bytes.remaining() - HEAD_BYTES - TAIL_BYTES];
        bytes.get(bytes.position() + HEAD_BYTES, payload);
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(payload));
        try {
            JournalRecord record = record(bytes.get(bytes.position() + 4), in);
            return in.available() == 0 ? Optional.of(record) : Optional.empty();
        } catch (IOException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static int chained(int previous, ByteBuffer bytes) {
        CRC32C crc = new CRC32C();
        crc.update(ByteBuffer.allocate(4).putInt(0, previous));
        crc.update(bytes);
        return (int) crc.getValue();
    }

    private static int crc(ByteBuffer bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return (int) crc.getValue();
    }

    private static int type(JournalRecord record) {
        return switch (record) {
            case JournalRecord.Header _ -> HEADER;
            case JournalRecord.BlockStored _ -> BLOCK_STORED;
            case JournalRecord.BlockDropped _ -> BLOCK_DROPPED;
            case JournalRecord.LengthKnown _ -> LENGTH_KNOWN;
            case JournalRecord.NoteSet _ -> NOTE_SET;
            case JournalRecord.Synced _ -> SYNCED;
            case JournalRecord.Completed _ -> COMPLETED;
        };
    }

    private static byte[] payload(JournalRecord record) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(64);
        DataOutputStream out = new DataOutputStream(bytes);
        switch (record) {
            case JournalRecord.Header(Version version, String bootId) -> {
                putVersion(out, version);
                putText(out, bootId);
            }
            case JournalRecord.BlockStored(int block, Sha256 digest) -> {
                byte[] digestBytes = new byte[Sha256.BYTES];
                digest.copyTo(digestBytes, 0);
                out.writeInt(block);
                out.write(digestBytes);
            }
            case JournalRecord.BlockDropped(int block) -> out.writeInt(block);
            case JournalRecord.LengthKnown(long length) -> out.writeLong(length);
            case JournalRecord.NoteSet(String key, String value) -> {
                putText(out, key);
                putText(out, value);
            }
            case JournalRecord.Synced(String bootId, long covered) -> {
                putText(out, bootId);
                out.writeLong(covered);
            }
            case JournalRecord.Completed(FileStamp stamp) -> {
                out.writeLong(stamp.size());
                out.writeLong(stamp.modifiedNanos());
                out.writeLong(stamp.inode());
            }
        }
        return bytes.toByteArray();
    }

    private static JournalRecord record(int type, DataInputStream in) throws IOException {
        return switch (type) {
            case HEADER -> new JournalRecord.Header(version(in), text(in));
            case BLOCK_STORED -> new JournalRecord.BlockStored(block(in), digest(in));
            case BLOCK_DROPPED -> new JournalRecord.BlockDropped(block(in));
            case LENGTH_KNOWN -> new JournalRecord.LengthKnown(in.readLong());
            case NOTE_SET -> new JournalRecord.NoteSet(text(in), text(in));
            case SYNCED -> new JournalRecord.Synced(text(in), in.readLong());
            case COMPLETED ->
                    new JournalRecord.Completed(
                            new FileStamp(in.readLong(), in.readLong(), in.readLong()));
            default -> throw new IOException("unknown type of record");
        };
    }

    private static void putVersion(DataOutputStream out, Version version) throws IOException {
        Geometry geometry = version.geometry();
        putText(out, version.id().hex());
        putText(out, version.task().hex());
        out.writeLong(geometry.length());
        out.writeInt(geometry.pieceSize());
        out.writeInt(geometry.blockSize());
        out.writeInt(geometry.rangeBlocks());
        putText(out, version.encoding().name());
        putText(out, version.validators().etag());
        putText(out, version.validators().lastModified());
        putText(out, version.contentType());
    }

    private static Version version(DataInputStream in) throws IOException {
        return new Version(
                new VersionId(text(in)),
                new TaskId(text(in)),
                new Geometry(in.readLong(), in.readInt(), in.readInt(), in.readInt()),
                Encoding.valueOf(text(in)),
                new Validators(text(in), text(in)),
                text(in));
    }

    private static int block(DataInputStream in) throws IOException {
        int block = in.readInt();
        Check.argument(block >= 0 && block < BlockTable.MAX_BLOCKS, "no block number: %d", block);
        return block;
    }

    private static Sha256 digest(DataInputStream in) throws IOException {
        byte[] bytes = new byte[Sha256.BYTES];
        in.readFully(bytes);
        return Sha256.copyOf(bytes, 0);
    }

    private static void putText(DataOutputStream out, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    private static String text(DataInputStream in) throws IOException {
        int length = in.readInt();
        Check.argument(length >= 0 && length <= in.available(), "no text: %d", length);
        byte[] bytes = new byte[length];
        in.readFully(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
