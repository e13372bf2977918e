// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.peer;

import io.dragonfly.core.model.Secret;
import io.dragonfly.core.model.TaskSpec;
import io.dragonfly.core.protocol.FromSupernode.Registered;
import io.dragonfly.net.control.ControlStream;
import io.dragonfly.net.piece.Throttle;
import io.dragonfly.storage.StoredVersion;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.util.Map;

/// Opens lost control streams again, whether or not a download needs them, and says what is
/// complete here, so that others find it. All peers of a supernode lose it at the same moment: each
/// comes back after a random time that the supernode told, then with growing pauses for as long as
/// this peer runs. Thread-safe.
final class Comeback {
    private static final Logger LOG = LoggerFactory.getLogger(Comeback.class);

    private static final long MILLI = 1_000_000L;
    private static final long LONGEST_PAUSE_MILLIS = 30_000;

    private final Engine engine;
    private final Links links;
    private final Links.Later later;

    Comeback(Engine engine, Links links, Links.Later later) {
        this.engine = engine;
        this.links = links;
        this.later = later;
    }

    /// A stream ended that was in use.
    void lost(SupernodeLink link) {
        tryAfter(link, 0, link.spreadMillis());
    }

    private void tryAfter(SupernodeLink link, long least, long most) {
        if (!links.closed()) {
            long millis = least + engine.random().nextLong(most - least + 1);
            later.after(millis * MILLI, () -> comeBack(link, most));
        }
    }

    private void comeBack(SupernodeLink link, long pause) {
        if (links.closed()) {
            return;
        }
        try {
            ControlStream stream = link.connect();
            for (Map.Entry<StoredVersion, TaskSpec> each : links.complete(link).entrySet()) {
                serve(link, stream, each.getKey(), each.getValue());
            }
        } catch (IOException e) {
            LOG.debug("not back at supernode={}: {}", link.address(), e.getMessage());
            long next = Math.min(LONGEST_PAUSE_MILLIS, 2 * Math.max(500, pause));
            tryAfter(link, next / 2, next);
        }
    }

    /// The secret is another one when the supernode was started again: it gives it out with the
    /// task.
    private void serve(
            SupernodeLink link, ControlStream stream, StoredVersion stored, TaskSpec spec)
            throws IOException {
        if (!(link.register(spec, stored.version().id()) instanceof Registered registered)
                || !registered.version().equals(stored.version().id().hex())) {
            links.forget(stored.version().id());
            return;
        }
        Secret secret = new Secret(registered.secret());
        VersionSession session = links.session(link, stream, stored, secret, spec);
        link.attach(session, stream);
        session.announce(null, Throttle.NONE);
        LOG.info("serving again version={} supernode={}", stored.version().id(), link.address());
    }
}
