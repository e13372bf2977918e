// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.e2e;

import io.dragonfly.origin.testing.Answers;
import io.dragonfly.origin.testing.Behaviour;
import io.dragonfly.origin.testing.HostileOrigin;

import java.io.Closeable;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// An origin in this JVM with a behaviour for each path; 404 for all others.
public final class TestOrigin implements Closeable {
    private final Map<String, Behaviour> behaviours = new ConcurrentHashMap<>();
    private final HostileOrigin server;

    public TestOrigin() throws IOException {
        Behaviour missing = Answers.status(404, "Not Found");
        server =
                HostileOrigin.start((request, wire) ->
                        behaviours.getOrDefault(request.target(), missing).answer(request, wire));
    }

    /// Answers at a path from now on.
    ///
    /// @return its URL
    public String serve(String path, Behaviour behaviour) {
        behaviours.put(path, behaviour);
        return url(path);
    }

    public String url(String path) {
        return server.url(path).toString();
    }

    /// Bytes of bodies sent so far, for all paths.
    public long bytesSent() {
        return server.bytesSent();
    }

    @Override
    public void close() {
        server.close();
    }
}
