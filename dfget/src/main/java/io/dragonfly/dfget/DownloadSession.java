// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.dfget;

import io.dragonfly.cli.daemon.DaemonEvent;

import org.jspecify.annotations.Nullable;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.ReadableByteChannel;

/// One download, done by a daemon or by this process. Events are read by one thread; `content` and
/// `close` may be called from others. Closing ends the interest and wakes all who wait.
interface DownloadSession extends Closeable {
    /// The next event; blocks. Null when there will be none although the download has not ended.
    @Nullable DaemonEvent next() throws IOException;

    /// The verified bytes in order, from the start; blocks for those to come. After
    /// [DaemonEvent.Started] only. It may end early: who reads compares with the length that `done`
    /// tells.
    ReadableByteChannel content() throws IOException;
}
