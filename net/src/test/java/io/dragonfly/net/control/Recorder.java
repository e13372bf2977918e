// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.net.control;

import io.dragonfly.core.protocol.FromSupernode;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// A receiver that keeps what it gets.
final class Recorder implements ControlStream.Receiver {
    private final BlockingQueue<List<FromSupernode>> frames = new LinkedBlockingQueue<>();
    private final CompletableFuture<String> closed = new CompletableFuture<>();

    @Override
    public void received(List<FromSupernode> messages) {
        frames.add(messages);
    }

    @Override
    public void closed(String reason) {
        closed.complete(reason);
    }

    /// The next messages, at least `count`.
    List<FromSupernode> take(int count) throws InterruptedException {
        List<FromSupernode> messages = new ArrayList<>();
        while (messages.size() < count) {
            List<FromSupernode> frame = frames.poll(60, TimeUnit.SECONDS);
            if (frame == null) {
                throw new AssertionError("only " + messages.size() + " messages of " + count);
            }
            messages.addAll(frame);
        }
        return messages;
    }

    BlockingQueue<List<FromSupernode>> frames() {
        return frames;
    }

    String closedReason() throws Exception {
        return closed.get(60, TimeUnit.SECONDS);
    }

    boolean isClosed() {
        return closed.isDone();
    }
}
