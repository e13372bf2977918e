// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.net.http;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;

/// An answer of JSON values, one per line, each sent when it is written. For one thread.
public final class JsonLines implements Closeable {
    private final OutputStream out;

    JsonLines(OutputStream out) {
        this.out = out;
    }

    /// Sends one line.
    ///
    /// @throws IOException where the client has gone away
    public void write(Object value) throws IOException {
        byte[] json = Json.bytes(value);
        byte[] line = Arrays.copyOf(json, json.length + 1);
        line[json.length] = '\n';
        out.write(line);
    }

    /// Ends the answer.
    @Override
    public void close() throws IOException {
        out.close();
    }
}
