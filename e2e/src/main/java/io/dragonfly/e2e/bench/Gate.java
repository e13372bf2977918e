// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.e2e.bench;

import io.dragonfly.e2e.Command;
import io.dragonfly.e2e.Site;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Processes that are there, and wait for one signal to begin: a named pipe that each opens for
/// reading, which lasts until somebody opens it for writing.
final class Gate implements AutoCloseable {
    private final Path pipe;
    private OutputStream open = OutputStream.nullOutputStream();

    Gate(Site site) {
        pipe = site.path("gate");
        Command.must("mkfifo " + pipe);
    }

    /// The command as it waits at this gate.
    List<String> behind(List<String> command) {
        List<String> all = new ArrayList<>(List.of("sh", "-c", ": < \"$0\"; exec \"$@\""));
        all.add(pipe.toString());
        all.addAll(command);
        return all;
    }

    /// Lets all go, also those who come later.
    void open() {
        try {
            // Lasts until the first reader is there.
            open = Files.newOutputStream(pipe);
        } catch (IOException e) {
            throw new UncheckedIOException("the gate does not open", e);
        }
    }

    @Override
    public void close() {
        try {
            open.close();
        } catch (IOException e) {
            throw new UncheckedIOException("the gate does not close", e);
        }
    }
}
