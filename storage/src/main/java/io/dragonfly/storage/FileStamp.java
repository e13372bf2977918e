// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.storage;

/// What a file looks like from outside; two equal stamps mean, as far as a look without reading can
/// tell, the same bytes. The change time is left out: making a hard link changes it.
///
/// @param size bytes
/// @param modifiedNanos modification time, nanoseconds since the epoch
/// @param inode number of the file in its file system
record FileStamp(long size, long modifiedNanos, long inode) {
    /// For content that is no file.
    static final FileStamp NONE = new FileStamp(0, 0, 0);
}
