// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.dfget;

import java.io.IOException;
import java.nio.channels.WritableByteChannel;

/// Standard output, a pipe or a device: bytes are gone once they are written.
final class StreamOutput implements Output {
    private final WritableByteChannel channel;

    StreamOutput(WritableByteChannel channel) {
        this.channel = channel;
    }

    @Override
    public WritableByteChannel channel() {
        return channel;
    }

    @Override
    public void commit() {}

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
