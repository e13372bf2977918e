// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.storage;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/// Reads a journal from its beginning to the first record that is not valid. Any bytes are
/// accepted.
final class JournalScan {
    /// What a journal turned out to be.
    sealed interface Outcome {}

    /// @param end where the next record goes; what lies behind it is to be cut off
    /// @param checksum of the last record
    record Read(JournalState state, long end, int checksum) implements Outcome {}

    /// Written by a later release: not ours to touch.
    record Newer(int format) implements Outcome {}

    record Unreadable(String reason) implements Outcome {}

    private static final int BUFFER_BYTES = 2 * JournalFormat.MAX_PAYLOAD;

    private final StoreFile file;
    private final long size;
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES).limit(0);
    private long filled;

    private JournalScan(StoreFile file) throws IOException {
        this.file = file;
        this.size = file.size();
    }

    static Outcome scan(StoreFile file) throws IOException {
        return new JournalScan(file).run();
    }

    private Outcome run() throws IOException {
        if (!fill(JournalFormat.PREAMBLE_BYTES)) {
            return new Unreadable("it has no preamble");
        }
        ByteBuffer preamble = take(JournalFormat.PREAMBLE_BYTES);
        Optional<Integer> format = JournalFormat.format(preamble);
        if (format.isEmpty()) {
            return new Unreadable("its preamble is damaged");
        }
        if (format.get() > JournalFormat.FORMAT) {
            return new Newer(format.get());
        }
        if (format.get() != JournalFormat.FORMAT) {
            return new Unreadable("its format " + format.get() + " is not read any more");
        }
        return records(JournalFormat.checksum(preamble));
    }

    private Outcome records(int preambleChecksum) throws IOException {
        int checksum = preambleChecksum;
        long end = position();
        JournalState state = null;
        while (true) {
            ByteBuffer bytes = nextRecord();
            JournalRecord record =
                    bytes == null ? null : JournalFormat.decode(bytes, checksum).orElse(null);
            if (bytes == null || record == null) {
                break;
            }
            if (state == null) {
                if (!(record instanceof JournalRecord.Header header)) {
                    break;
                }
                state = new JournalState(header);
            } else if (!state.apply(record, end)) {
                break;
            }
            checksum = JournalFormat.checksum(bytes);
            end = position();
        }
        return state == null
                ? new Unreadable("its header is damaged")
                : new Read(state, end, checksum);
    }

    private @Nullable ByteBuffer nextRecord() throws IOException {
        if (!fill(JournalFormat.HEAD_BYTES)) {
            return null;
        }
        int payload = buffer.getInt(buffer.position());
        if (payload < 0 || payload > JournalFormat.MAX_PAYLOAD) {
            return null;
        }
        int bytes = JournalFormat.HEAD_BYTES + payload + JournalFormat.TAIL_BYTES;
        return fill(bytes) ? take(bytes) : null;
    }

    /// Sees to it that `bytes` bytes are in the buffer; false where the file ends before.
    private boolean fill(int bytes) throws IOException {
        if (buffer.remaining() >= bytes) {
            return true;
        }
        if (buffer.remaining() + (size - filled) < bytes) {
            return false;
        }
        buffer.compact();
        buffer.limit((int) Math.min(buffer.capacity(), buffer.position() + (size - filled)));
        int count = buffer.remaining();
        file.read(buffer, filled);
        filled += count;
        buffer.flip();
        return true;
    }

    private ByteBuffer take(int bytes) {
        ByteBuffer taken = buffer.slice(buffer.position(), bytes);
        buffer.position(buffer.position() + bytes);
        return taken;
    }

    /// Offset in the file of the next byte that is taken.
    private long position() {
        return filled - buffer.remaining();
    }
}
