// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.supernode;

import io.dragonfly.core.model.Sha256;
import io.dragonfly.origin.OriginReader;

import java.io.IOException;
import java.nio.ByteBuffer;

/// Takes what the seed reads into the store, and tells of it.
record SeedSink(SeedVersion version, SeedLibrary.Listener listener) implements OriginReader.Sink {
    @Override
    public boolean has(int block) {
        return version.stored().has(block);
    }

    @Override
    public void block(int block, Sha256 digest, ByteBuffer bytes) throws IOException {
        int length = bytes.remaining();
        version.requireSame(block, digest);
        WholeCheck whole = version.whole();
        if (whole != null) {
            whole.block(block, bytes);
        }
        version.countRead(length);
        version.stored().write(block, digest, bytes);
        listener.block(version, block, length, digest);
    }

    @Override
    public void length(long length) throws IOException {
        version.stored().lengthKnown(length);
        listener.length(version, length);
    }
}
