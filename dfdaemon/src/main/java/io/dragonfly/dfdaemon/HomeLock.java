// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.dfdaemon;

import io.dragonfly.cli.CommandFailure;
import io.dragonfly.cli.ExitCode;
import io.dragonfly.cli.Reason;
import io.dragonfly.cli.daemon.DaemonSocket;

import org.jspecify.annotations.Nullable;

import java.io.Closeable;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// A home belongs to one daemon at a time: a lock on a file in it, held until the process ends, and
/// a link there to the socket, wherever that is.
final class HomeLock implements Closeable {
    private final FileChannel channel;
    private final @Nullable Path link;

    private HomeLock(FileChannel channel, @Nullable Path link) {
        this.channel = channel;
        this.link = link;
    }

    /// Makes the home's directories and takes the lock. One that is held by a daemon that does not
    /// answer any more is waited for: it is about to end.
    ///
    /// @param socket where the daemon is going to listen
    static HomeLock acquire(Path home, Path socket, Duration wait) {
        try {
            for (String name : new String[] {"data", "meta", "logs", "run"}) {
                Files.createDirectories(home.resolve(name));
            }
            Files.setPosixFilePermissions(
                    home.resolve("run"), PosixFilePermissions.fromString("rwx------"));
        } catch (IOException e) {
            throw new CommandFailure(
                    ExitCode.OUTPUT, "cannot use the home " + home + Reason.of(e), e);
        }
        FileChannel channel = null;
        try {
            channel =
                    FileChannel.open(
                            home.resolve("run").resolve("dfdaemon.lock"),
                            StandardOpenOption.CREATE,
                            StandardOpenOption.WRITE);
            if (!tryLock(channel) && (answers(home) || !awaitLock(channel, wait))) {
                channel.close();
                throw new CommandFailure(
                        ExitCode.HOME_IN_USE,
                        "another dfdaemon uses " + home + ": stop it, or name another --home");
            }
            return new HomeLock(channel, link(home, socket));
        } catch (IOException e) {
            closeQuietly(channel);
            throw new CommandFailure(
                    ExitCode.OUTPUT, "cannot lock the home " + home + Reason.of(e), e);
        }
    }

    private static boolean tryLock(FileChannel channel) throws IOException {
        try {
            FileLock lock = channel.tryLock();
            return lock != null;
        } catch (OverlappingFileLockException _) {
            return false;
        }
    }

    private static boolean answers(Path home) {
        Path socket = DaemonSocket.resolve(DaemonSocket.ofHome(home));
        try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            return probe.connect(UnixDomainSocketAddress.of(socket));
        } catch (IOException _) {
            return false;
        }
    }

    private static boolean awaitLock(FileChannel channel, Duration wait) throws IOException {
        CompletableFuture<Boolean> locked = new CompletableFuture<>();
        Thread.ofPlatform()
                .daemon()
                .name("home-lock")
                .start(() -> {
                    try {
                        locked.complete(channel.lock() != null);
                    } catch (IOException | OverlappingFileLockException _) {
                        locked.complete(false);
                    }
                });
        try {
            return locked.get(wait.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException _) {
            return false;
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts here", e);
        } catch (ExecutionException e) {
            throw new IOException(e);
        }
    }

    private static @Nullable Path link(Path home, Path socket) throws IOException {
        Path link = DaemonSocket.ofHome(home);
        if (link.equals(socket)) {
            return null;
        }
        Files.deleteIfExists(link);
        Files.createSymbolicLink(link, socket);
        return link;
    }

    private static void closeQuietly(@Nullable FileChannel channel) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException _) {
            // The error that led here is the one to tell.
        }
    }

    @Override
    public void close() throws IOException {
        try (channel) {
            if (link != null) {
                Files.deleteIfExists(link);
            }
        }
    }
}
