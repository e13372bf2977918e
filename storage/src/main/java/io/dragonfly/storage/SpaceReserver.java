// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.storage;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

/// Reserves disk space for a file with the system's `fallocate`, which the JDK lacks. Thread-safe.
///
/// `fallocate` and not `posix_fallocate`: where a file system cannot reserve (NFS 3, for one),
/// glibc's `posix_fallocate` writes one byte into every 4 KiB of the file instead of saying so. The
/// file is opened once more by its path because the JDK does not tell the descriptor of a channel.
final class SpaceReserver {
    private static final Logger log = LoggerFactory.getLogger(SpaceReserver.class);
    private static final int O_RDWR = 2;
    private static final int EINTR = 4;
    private static final int ENOSPC = 28;
    private static final int EDQUOT = 122;

    private final AtomicReference<@Nullable Optional<Native>> loaded = new AtomicReference<>();
    private final AtomicBoolean warned = new AtomicBoolean();

    /// @return false where space cannot be reserved here (one line is logged, once)
    /// @throws NoSpaceException where there is not so much space
    boolean reserve(Path path, long from, long count) throws IOException {
        Optional<Native> calls = calls();
        if (calls.isEmpty()) {
            warn(path, "the system's fallocate cannot be called");
            return false;
        }
        int error = calls.get().reserve(path.toString(), from, count);
        return switch (error) {
            case 0 -> true;
            case ENOSPC, EDQUOT ->
                    throw new NoSpaceException(
                            "no room for " + count + " bytes on the disk of " + path);
            default -> {
                warn(path, "error " + error);
                yield false;
            }
        };
    }

    private Optional<Native> calls() {
        Optional<Native> calls = loaded.get();
        if (calls == null) {
            calls = Native.load();
            loaded.set(calls);
        }
        return calls;
    }

    private void warn(Path path, String why) {
        if (warned.compareAndSet(false, true)) {
            log.warn(
                    "cannot reserve disk space in {} ({}); files there grow as they are written",
                    path.getParent(),
                    why);
        }
    }

    /// The three functions of the C library.
    private record Native(
            MethodHandle open, MethodHandle fallocate, MethodHandle close, VarHandle errno) {
        private static final MemoryLayout STATE = Linker.Option.captureStateLayout();

        @SuppressWarnings("restricted") // The launchers allow native access; without it: no Native.
        static Optional<Native> load() {
            try {
                Linker linker = Linker.nativeLinker();
                SymbolLookup libc = linker.defaultLookup();
                AddressLayout text = ValueLayout.ADDRESS;
                ValueLayout.OfInt number = ValueLayout.JAVA_INT;
                ValueLayout.OfLong offset = ValueLayout.JAVA_LONG;
                Linker.Option state = Linker.Option.captureCallState("errno");
                return Optional.of(
                        new Native(
                                linker.downcallHandle(
                                        libc.findOrThrow("open"),
                                        FunctionDescriptor.of(number, text, number),
                                        state,
                                        Linker.Option.firstVariadicArg(2)),
                                linker.downcallHandle(
                                        libc.findOrThrow("fallocate"),
                                        FunctionDescriptor.of(
                                                number, number, number, offset, offset),
                                        state),
                                linker.downcallHandle(
                                        libc.findOrThrow("close"),
                                        FunctionDescriptor.of(number, number)),
                                STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"))));
            } catch (RuntimeException | LinkageError e) {
                return Optional.empty();
            }
        }

        /// The error number, or 0.
        int reserve(String path, long from, long count) {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment state = arena.allocate(STATE);
                int file = (int) open.invokeExact(state, arena.allocateFrom(path), O_RDWR);
                if (file < 0) {
                    return (int) errno.get(state, 0L);
                }
                try {
                    int error;
                    do {
                        int result = (int) fallocate.invokeExact(state, file, 0, from, count);
                        error = result == 0 ? 0 : (int) errno.get(state, 0L);
                    } while (error == EINTR);
                    return error;
                } finally {
                    int _ = (int) close.invokeExact(file);
                }
            } catch (RuntimeException | Error e) {
                throw e;
            } catch (Throwable e) {
                throw new IllegalStateException("a call of the C library failed", e);
            }
        }
    }
}
