// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.origin.file;

import io.dragonfly.origin.Cancellation;
import io.dragonfly.origin.OriginException;
import io.dragonfly.origin.OriginException.Kind;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/// Bytes `position .. end` of one state of a file. Read by one thread; closed by any.
final class FileBody extends InputStream {
    private final Path file;
    private final FileChannel channel;
    private final FileStamp stamp;
    private final long end;
    private final Cancellation cancellation;
    private final Runnable onCancel = this::close;
    private long position;

    FileBody(
            Path file,
            FileChannel channel,
            FileStamp stamp,
            long position,
            long end,
            Cancellation cancellation) {
        this.file = file;
        this.channel = channel;
        this.stamp = stamp;
        this.position = position;
        this.end = end;
        this.cancellation = cancellation;
        cancellation.register(onCancel);
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        try {
            int wanted = (int) Math.min(length, end - position);
            int count =
                    wanted == 0
                            ? -1
                            : channel.read(ByteBuffer.wrap(target, offset, wanted), position);
            if (count > 0) {
                position += count;
            }
            // Checked before the last bytes go out: who has them all must be able to trust them.
            if ((count < 0 || position == end) && !FileStamp.of(file).equals(stamp)) {
                throw changed(null);
            }
            if (count < 0 && position < end) {
                throw changed(null);
            }
            return count;
        } catch (OriginException e) {
            throw e;
        } catch (IOException e) {
            if (cancellation.cancelled() || !channel.isOpen()) {
                throw new OriginException(
                        Kind.NETWORK, "the reading of " + file + " was cancelled", false, e);
            }
            throw changed(e);
        }
    }

    private OriginException changed(@Nullable IOException cause) {
        return new OriginException(
                Kind.CHANGED, "file://" + file + " was changed while it was read", false, cause);
    }

    @Override
    public void close() {
        cancellation.unregister(onCancel);
        try {
            channel.close();
        } catch (IOException e) {
            // Nothing was written to it.
        }
    }
}
