// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.storage;

import java.nio.file.Path;
import java.util.Optional;

/// A backing in heap memory: there is no file that anybody could look at, change, cut or sync.
abstract sealed class HeapBacking implements Backing permits MemoryBacking, WindowBacking {
    @Override
    public final void dirtied(int bytes) {}

    @Override
    public final FileStamp stamp() {
        return FileStamp.NONE;
    }

    @Override
    public final void verified(FileStamp stamp, boolean complete) {}

    @Override
    public final boolean intact() {
        return true;
    }

    @Override
    public final boolean sound() {
        return true;
    }

    @Override
    public final boolean exclusive() {
        return true;
    }

    @Override
    public final void trim() {}

    @Override
    public final Optional<Path> contentFile() {
        return Optional.empty();
    }

    @Override
    public final void sync() {}

    @Override
    public final void note(String key, String value) {}
}
