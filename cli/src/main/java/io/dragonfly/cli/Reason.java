// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.cli;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

/// Says an I/O error in the words of people instead of the name of an exception.
public final class Reason {
    private Reason() {}

    /// `: no such file or directory`; to be put behind the name of the file or address.
    public static String of(IOException e) {
        String text =
                switch (e) {
                    case NoSuchFileException _ -> "no such file or directory";
                    case AccessDeniedException _ -> "permission denied";
                    case FileAlreadyExistsException _ -> "exists already";
                    case DirectoryNotEmptyException _ -> "the directory is not empty";
                    case NotDirectoryException _ -> "not a directory";
                    case FileSystemException f when f.getReason() != null -> f.getReason();
                    default -> e.getMessage();
                };
        if (text == null || text.isBlank()) {
            text = e.getClass().getSimpleName();
        }
        return ": " + text.replace('\n', ' ');
    }

    /// Whether the disk or the quota is full.
    public static boolean isNoSpace(IOException e) {
        String text = e.getMessage();
        return text != null
                && (text.contains("No space left on device")
                        || text.contains("Disk quota exceeded"));
    }
}
