// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.peer;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Optional;

/// One caller's interest in a download. Equal requests share the work. Thread-safe.
public interface Download extends Closeable {
    /// Unique in this process; for the API.
    String id();

    DownloadStatus status();

    /// Waits until the status has another sequence number than `sequence`, at most `timeoutNanos`.
    DownloadStatus awaitChange(long sequence, long timeoutNanos);

    /// The verified bytes in order, from the start; blocks for bytes that are still to come. Fails
    /// with a [DownloadException] where the download fails. The last block comes only after a
    /// digest that the user gave was checked.
    InputStream open() throws IOException;

    /// The same from the byte at `offset` on, which is not behind the end.
    ///
    /// @param stallNanos reading fails with code `stalled` when nothing at all of the download
    ///   comes for so long while the reader waits
    InputStream open(long offset, long stallNanos) throws IOException;

    /// The verified bytes from the start, as far as they are here, also of a download that failed:
    /// for who goes on by other means. Waits for nothing.
    InputStream openVerified() throws IOException;

    /// The complete content as a file of the store, for hard links and reflinks by the same user;
    /// present when done.
    Optional<Path> contentFile();

    /// Ends the interest. What is verified stays in the store; the last one to close stops the
    /// work.
    @Override
    void close();
}
