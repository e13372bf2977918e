// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.dfget;

import io.dragonfly.cli.CommandFailure;
import io.dragonfly.cli.ExitCode;
import io.dragonfly.cli.Reason;
import io.dragonfly.cli.daemon.DaemonEvent;
import io.dragonfly.cli.daemon.DownloadReport;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Path;
import java.util.Base64;

/// Brings the content from a session to an output, in the cheapest of three ways: a small one comes
/// with the last event; where the store is ours and on the same file system its file is linked;
/// else the bytes are copied while they arrive.
final class Transfer {
    private final DownloadSession session;
    private final Output output;
    private final Reporter reporter;
    private boolean canTake;
    private @Nullable Copier copier;
    // What was being copied, as far as that was known at its beginning.
    private String copiedVersion = "";

    Transfer(DownloadSession session, Output output, Reporter reporter) {
        this.session = session;
        this.output = output;
        this.reporter = reporter;
    }

    void run() throws IOException {
        try {
            DaemonEvent.Done done = follow();
            bring(done);
            commit();
            reporter.done(done.report());
        } finally {
            session.close();
            if (copier != null) {
                copier.awaitEnd();
            }
        }
    }

    private DaemonEvent.Done follow() throws IOException {
        try {
            for (DaemonEvent event = session.next(); event != null; event = session.next()) {
                switch (event) {
                    case DaemonEvent.Started started -> {
                        canTake = canTake(started);
                        reporter.started(started.id());
                    }
                    case DaemonEvent.Progress(DownloadReport report) -> {
                        reporter.progress(report);
                        copyWhenLarge(report);
                    }
                    case DaemonEvent.Done done -> {
                        return done;
                    }
                    case DaemonEvent.Failed(DownloadReport report, String code, String message) -> {
                        reporter.progress(report);
                        throw new CommandFailure(ExitCode.of(code), message);
                    }
                }
            }
        } catch (IOException e) {
            throwCopyFailure();
            throw e;
        }
        throwCopyFailure();
        throw new IOException("it ended");
    }

    private boolean canTake(DaemonEvent.Started started) {
        try {
            return output instanceof FileOutput file
                    && !started.storeDirectory().isEmpty()
                    && started.storeDevice() == file.device();
        } catch (IOException _) {
            return false;
        }
    }

    /// Starts to copy once it is sure that the content is too large to come with the last event.
    private void copyWhenLarge(DownloadReport report) {
        long atLeast = Math.max(report.length(), report.verified());
        // What is not kept must be taken while it passes.
        boolean wait = canTake && !report.phase().equals("streaming");
        if (copier == null && !wait && atLeast > DaemonEvent.MAX_INLINE_BYTES) {
            copiedVersion = report.version();
            startToCopy(report.length());
        }
    }

    /// @param length of the content; negative: unknown
    private Copier startToCopy(long length) {
        if (output instanceof FileOutput file && length > 0) {
            file.requireRoom(length);
        }
        Copier started = new Copier();
        copier = started;
        started.start();
        return started;
    }

    private void bring(DaemonEvent.Done done) throws IOException {
        String inline = done.content();
        long copied;
        if (copier != null) {
            copied = copier.awaitCount();
        } else if (inline != null) {
            copied = write(ByteBuffer.wrap(decode(inline)));
        } else if (canTake && take(done.contentFile())) {
            return;
        } else {
            copied = startToCopy(done.report().length()).awaitCount();
        }
        if (copied != done.report().length()) {
            throw incomplete(copied, done.report());
        }
    }

    /// The download goes on when the content changes at the origin, with the new one; bytes of the
    /// old one that are out already cannot be taken back.
    private CommandFailure incomplete(long copied, DownloadReport report) {
        if (!copiedVersion.isEmpty() && !copiedVersion.equals(report.version())) {
            return new CommandFailure(
                    ExitCode.ORIGIN_CHANGED,
                    "the content changed at the origin while it was being read: start again");
        }
        return new CommandFailure(
                ExitCode.DAEMON_UNAVAILABLE,
                "dfdaemon sent " + copied + " of " + report.length() + " bytes");
    }

    private static byte[] decode(String base64) throws IOException {
        try {
            return Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            throw new IOException("bad base64 from dfdaemon", e);
        }
    }

    private boolean take(String contentFile) {
        if (contentFile.isEmpty() || !(output instanceof FileOutput file)) {
            return false;
        }
        try {
            file.take(Path.of(contentFile));
            return true;
        } catch (IOException | UnsupportedOperationException _) {
            return false;
        }
    }

    private void commit() {
        try {
            output.commit();
        } catch (IOException e) {
            throw outputFailure(e);
        }
    }

    private long write(ByteBuffer bytes) {
        long count = bytes.remaining();
        try {
            while (bytes.hasRemaining()) {
                output.channel().write(bytes);
            }
        } catch (IOException e) {
            throw outputFailure(e);
        }
        return count;
    }

    private CommandFailure outputFailure(IOException e) {
        boolean full = output instanceof FileOutput file ? file.isFull(e) : Reason.isNoSpace(e);
        ExitCode code = full ? ExitCode.NO_SPACE : ExitCode.OUTPUT;
        return new CommandFailure(code, "cannot write the output" + Reason.of(e), e);
    }

    private void throwCopyFailure() {
        if (copier != null && copier.failure != null) {
            throw copier.failure;
        }
    }

    /// Copies on its own thread while the events go on. Where the output fails it closes the
    /// session, which wakes the reader of events.
    private final class Copier extends Thread {
        private static final int CHUNK = 256 << 10;
        private static final long MAX_WAIT_MILLIS = 1000;

        private volatile @Nullable CommandFailure failure;
        // Read after the join only.
        private long count;

        Copier() {
            super("copy");
            setDaemon(true);
        }

        @Override
        public void run() {
            try (ReadableByteChannel content = session.content()) {
                ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK);
                while (content.read(chunk) >= 0) {
                    count += write(chunk.flip());
                    chunk.clear();
                }
            } catch (CommandFailure e) {
                failure = e;
                closeSession();
            } catch (IOException _) {
                // The session's last event says why, or its length shows what is missing.
                return;
            }
        }

        long awaitCount() {
            try {
                join();
            } catch (InterruptedException e) {
                throw new IllegalStateException("nobody interrupts here", e);
            }
            throwCopyFailure();
            return count;
        }

        /// After the session was closed. Bounded, for it may hang in a pipe that nobody reads.
        void awaitEnd() {
            try {
                join(MAX_WAIT_MILLIS);
            } catch (InterruptedException e) {
                throw new IllegalStateException("nobody interrupts here", e);
            }
        }

        private void closeSession() {
            try {
                session.close();
            } catch (IOException _) {
                // Only to wake the reader.
            }
        }
    }
}
