// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.supernode;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;

import org.slf4j.LoggerFactory;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// What the swarm loops of this JVM log meanwhile.
final class SwarmLog extends AppenderBase<ILoggingEvent> implements AutoCloseable {
    private final Logger logger = (Logger) LoggerFactory.getLogger(SwarmLoop.class);
    private final List<String> lines = new CopyOnWriteArrayList<>();

    SwarmLog() {
        start();
        logger.addAppender(this);
    }

    @Override
    protected void append(ILoggingEvent event) {
        lines.add(event.getFormattedMessage());
    }

    /// Lines about peers that were isolated.
    List<String> isolated() {
        return lines.stream().filter(line -> line.startsWith("isolated peer=")).toList();
    }

    List<String> bugs() {
        return lines.stream().filter(line -> line.startsWith("bug")).toList();
    }

    @Override
    public void close() {
        logger.detachAppender(this);
        stop();
    }
}
