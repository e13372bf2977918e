// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.storage;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// The file system as the store uses it. Two live: the real one, and one for tests that loses and
/// reorders at a power cut what was not synced. Thread-safe.
interface FileLayer {
    /// Makes the directory (mode 0700) where it is missing.
    void createDirectory(Path dir) throws IOException;

    /// Keeps other processes out of the directory until closed.
    ///
    /// @throws IOException with a message for users where somebody else is in
    Closeable lock(Path dir) throws IOException;

    List<Path> list(Path dir) throws IOException;

    /// Creates an empty file (mode 0644) that must not exist, for reading and writing.
    StoreFile create(Path path) throws IOException;

    /// Opens an existing file for reading and writing.
    StoreFile open(Path path) throws IOException;

    /// Deletes the file if it exists; whether it did.
    boolean delete(Path path) throws IOException;

    /// Renames, replacing `to`.
    void move(Path from, Path to) throws IOException;

    /// Makes creations, renames and deletions in the directory survive a power cut.
    void syncDirectory(Path dir) throws IOException;

    /// @throws java.nio.file.NoSuchFileException where there is no such file
    FileStamp stamp(Path path) throws IOException;

    /// Number of names (hard links) of the file.
    int links(Path path) throws IOException;

    void setModified(Path path, long epochMillis) throws IOException;

    /// Bytes that this user may still write to the directory's file system.
    long usableBytes(Path dir) throws IOException;

    /// Names the run of the operating system: what was written in the same boot is still in its
    /// cache. Empty where that cannot be known; then it is never the same boot.
    String bootId();
}
