// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.storage;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/// An open file of a [FileLayer]. Thread-safe; closing makes other threads' calls fail.
interface StoreFile extends Closeable {
    long size() throws IOException;

    /// Reserves disk space for the bytes `from .. from + count` and extends the file to them. They
    /// read as zeros.
    ///
    /// @return false where the system cannot reserve; the file is then unchanged
    /// @throws NoSpaceException where there is not so much space
    boolean preallocate(long from, long count) throws IOException;

    /// Reads what fits into `target`, less only at the end of the file.
    void read(ByteBuffer target, long position) throws IOException;

    /// Writes all of `data`.
    ///
    /// @throws NoSpaceException where the disk is full
    void write(ByteBuffer data, long position) throws IOException;

    long transferTo(long position, long count, WritableByteChannel target) throws IOException;

    void truncate(long size) throws IOException;

    /// Makes content, length and times survive a power cut.
    void force() throws IOException;
}
