// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.supernode;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;

/// What a program opened, to be closed in the reverse order. For one thread at a time.
final class Parts implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(Parts.class);

    private final Deque<Closeable> opened = new ArrayDeque<>();

    <T extends Closeable> T add(T part) {
        opened.push(part);
        return part;
    }

    /// Has a part closed before all others that are here.
    void closeFirst(Closeable part) {
        opened.remove(part);
        opened.push(part);
    }

    /// Closes all; trouble with one is logged and keeps no other from being closed.
    @Override
    public void close() {
        while (!opened.isEmpty()) {
            try {
                opened.pop().close();
            } catch (IOException e) {
                LOG.warn("while stopping: {}", e.getMessage());
            }
        }
    }
}
