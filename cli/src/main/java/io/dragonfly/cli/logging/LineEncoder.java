// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.cli.logging;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.encoder.EncoderBase;

import com.fasterxml.jackson.core.io.JsonStringEncoder;

import org.slf4j.event.KeyValuePair;

import java.nio.charset.StandardCharsets;
import java.time.Instant;

/// One event, one line: time, level, logger, message, the event's key-value pairs, and the stack
/// trace of an error as an escaped value.
final class LineEncoder extends EncoderBase<ILoggingEvent> {
    private static final JsonStringEncoder ESCAPES = JsonStringEncoder.getInstance();

    private final LogFormat format;

    LineEncoder(LogFormat format) {
        this.format = format;
    }

    @Override
    public byte[] headerBytes() {
        return new byte[0];
    }

    @Override
    public byte[] footerBytes() {
        return new byte[0];
    }

    @Override
    public byte[] encode(ILoggingEvent event) {
        StringBuilder line = new StringBuilder(160);
        if (format == LogFormat.JSON) {
            line.append('{');
        }
        Instant time = event.getInstant();
        add(line, "time", time == null ? "" : time.toString());
        add(line, "level", event.getLevel().toString());
        String logger = event.getLoggerName();
        add(line, "logger", logger.substring(logger.lastIndexOf('.') + 1));
        add(line, "msg", event.getFormattedMessage());
        if (event.getKeyValuePairs() != null) {
            for (KeyValuePair pair : event.getKeyValuePairs()) {
                add(line, pair.key, String.valueOf(pair.value));
            }
        }
        IThrowableProxy error = event.getThrowableProxy();
        if (error != null) {
            add(line, "error", ThrowableProxyUtil.asString(error));
        }
        if (format == LogFormat.JSON) {
            line.append('}');
        }
        return line.append('\n').toString().getBytes(StandardCharsets.UTF_8);
    }

    private void add(StringBuilder line, String key, String value) {
        boolean first = line.length() <= 1;
        if (format == LogFormat.JSON) {
            line.append(first ? "\"" : ",\"");
            ESCAPES.quoteAsString(key, line);
            line.append("\":\"");
            ESCAPES.quoteAsString(value, line);
            line.append('"');
            return;
        }
        line.append(first ? "" : " ").append(key).append('=');
        if (isBare(value)) {
            line.append(value);
        } else {
            line.append('"');
            ESCAPES.quoteAsString(value, line);
            line.append('"');
        }
    }

    private static boolean isBare(String value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c <= ' ' || c == '"' || c == '=' || c == '\\' || c == 127) {
                return false;
            }
        }
        return !value.isEmpty();
    }
}
