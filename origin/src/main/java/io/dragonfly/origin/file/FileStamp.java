// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.origin.file;

import io.dragonfly.core.model.Validators;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.concurrent.TimeUnit;

/// What tells one state of a file from another without reading it.
///
/// @param inode device and inode, in the JDK's words
record FileStamp(String inode, long size, long mtimeNanos, boolean regular) {
    static FileStamp of(Path file) throws IOException {
        BasicFileAttributes attributes =
                Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        return new FileStamp(
                String.valueOf(attributes.fileKey()).replaceAll("[^0-9a-z]", ""),
                attributes.size(),
                attributes.lastModifiedTime().to(TimeUnit.NANOSECONDS),
                attributes.isRegularFile());
    }

    /// A strong ETag.
    Validators validators() {
        return new Validators(String.format("\"%s-%x-%x\"", inode, size, mtimeNanos), "");
    }
}
