// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.dfget;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The file beside an output that is written before it gets the output's name. It says in its name
/// which process of which boot writes it, and that process holds a lock on it: so what a killed run
/// left is told from what another one is writing, also on other hosts and in other containers that
/// see the same directory.
///
/// @param channel open for writing, with the lock; open as long as somebody writes
record Temporary(Path path, FileChannel channel) {
    private static final int NAMES_TO_TRY = 100;

    /// Of the output's name; file systems allow 255 bytes for the whole.
    private static final int MAX_STEM = 60;

    /// A directory with more entries is not searched for leftovers.
    private static final int MAX_ENTRIES = 20_000;

    /// A leftover whose writer cannot be asked for, because it ran elsewhere or in another boot, is
    /// removed when its last change is so much older than this run.
    private static final long OLD_MILLIS = 3_600_000;

    /// Creates one for `target`, and removes what dead runs left for the same one.
    ///
    /// @throws IOException where this user cannot create files there
    static Temporary beside(Path target) throws IOException {
        String stem = stem(target);
        String place = place();
        long pid = ProcessHandle.current().pid();
        for (int i = 0; ; i++) {
            Path path = target.resolveSibling(stem + place + "." + pid + "." + i + ".dfget");
            try {
                FileChannel channel =
                        FileChannel.open(
                                path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
                lock(channel);
                Temporary created = new Temporary(path, channel);
                created.removeLeftovers(stem, place);
                return created;
            } catch (FileAlreadyExistsException e) {
                if (i == NAMES_TO_TRY) {
                    throw e;
                }
            }
        }
    }

    private static String stem(Path target) {
        String name = String.valueOf(target.getFileName());
        if (name.length() > MAX_STEM) {
            int end =
                    Character.isHighSurrogate(name.charAt(MAX_STEM - 1)) ? MAX_STEM - 1 : MAX_STEM;
            name = name.substring(0, end);
        }
        return "." + name + ".";
    }

    /// Names the boot and the process namespace, within which a process id means something.
    private static String place() {
        String facts;
        try {
            facts =
                    Files.readString(Path.of("/proc/sys/kernel/random/boot_id"))
                            + Files.readSymbolicLink(Path.of("/proc/self/ns/pid"));
        } catch (IOException _) {
            return "00000000";
        }
        // Eight digits; a message digest would cost more than the rest of the start.
        return Integer.toHexString(facts.hashCode() | 0x8000_0000);
    }

    /// Whether nobody else has the lock. Where the file system knows no locks that is not known.
    private static boolean lock(FileChannel channel) {
        try {
            return channel.tryLock() != null;
        } catch (IOException | OverlappingFileLockException _) {
            return false;
        }
    }

    private void removeLeftovers(String stem, String place) {
        int entries = 0;
        try (DirectoryStream<Path> siblings = Files.newDirectoryStream(parent())) {
            for (Path sibling : siblings) {
                String name = String.valueOf(sibling.getFileName());
                if (++entries > MAX_ENTRIES) {
                    return;
                }
                if (name.startsWith(stem) && !name.equals(String.valueOf(path.getFileName()))) {
                    Matcher rest = Names.REST.matcher(name.substring(stem.length()));
                    removeIfLeft(sibling, rest, place);
                }
            }
        } catch (IOException | RuntimeException _) {
            // What is in the way of cleaning is not in the way of the download.
        }
    }

    private Path parent() {
        Path parent = path.getParent();
        return parent == null ? Path.of("") : parent;
    }

    private void removeIfLeft(Path file, Matcher rest, String place) {
        if (!rest.matches()) {
            return;
        }
        try {
            Map<String, Object> its = facts(file);
            Map<String, Object> ours = facts(path);
            boolean here = rest.group(1).equals(place);
            boolean dead = here && ProcessHandle.of(Long.parseLong(rest.group(2))).isEmpty();
            boolean old = changed(ours) - changed(its) > OLD_MILLIS;
            if (Boolean.TRUE.equals(its.get("isRegularFile"))
                    && String.valueOf(its.get("uid")).equals(String.valueOf(ours.get("uid")))
                    && (dead || old)
                    && isUnlocked(file)) {
                Files.deleteIfExists(file);
            }
        } catch (IOException _) {
            // Somebody else was quicker, or it cannot be removed.
        }
    }

    private static Map<String, Object> facts(Path file) throws IOException {
        return Files.readAttributes(
                file, "unix:uid,ctime,isRegularFile", LinkOption.NOFOLLOW_LINKS);
    }

    private static long changed(Map<String, Object> facts) {
        return facts.get("ctime") instanceof FileTime time ? time.toMillis() : Long.MAX_VALUE / 2;
    }

    private static boolean isUnlocked(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            return lock(channel);
        }
    }

    /// Loaded where something is to be looked at only.
    private static final class Names {
        static final Pattern REST =
                Pattern.compile("([0-9a-f]{8})\\.([0-9]{1,10})\\.[0-9]{1,3}\\.dfget(\\.link)?");
    }
}
