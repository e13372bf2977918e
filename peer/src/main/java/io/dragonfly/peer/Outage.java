// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.peer;

import io.dragonfly.core.download.SourceWait;
import io.dragonfly.core.download.SourceWait.Silence;
import io.dragonfly.core.model.HostPort;
import io.dragonfly.core.model.VersionId;
import io.dragonfly.origin.Network;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;

/// The time in which no supernode answers one download: remembers how each failed, and how many
/// others are in the same place, for [SourceWait] to decide. Used by the download's thread only.
final class Outage {
    private static final Logger LOG = LoggerFactory.getLogger(Outage.class);

    /// How long a host that must not read the origin looks for a supernode that it never heard of.
    private static final long PATIENCE_NANOS = 30_000_000_000L;

    /// The same where one was there before: it may be stopped, or start again.
    private static final long LONG_PATIENCE_NANOS = 180_000_000_000L;

    private final Engine engine;
    private final Links links;
    private final DownloadRequest request;
    private Silence silence = Silence.ABSENT_HERE;
    private @Nullable SourceWait wait;
    private @Nullable IOException trouble;

    Outage(Engine engine, Links links, DownloadRequest request) {
        this.engine = engine;
        this.links = links;
        this.request = request;
    }

    /// A supernode answered.
    void over() {
        wait = null;
        silence = Silence.ABSENT_HERE;
        trouble = null;
    }

    /// A supernode did not answer.
    void failed(HostPort node, IOException why) {
        IOException before = trouble;
        if (before == null || !String.valueOf(before.getMessage()).equals(why.getMessage())) {
            LOG.info("supernode={} cannot help: {}", node, why.getMessage());
        }
        trouble = why;
        Silence how =
                !absent(why)
                        ? Silence.SILENT
                        : Network.isLoopback(node.host()) ? Silence.ABSENT_HERE : Silence.ABSENT;
        if (how.compareTo(silence) > 0) {
            silence = how;
        }
    }

    private static boolean absent(Throwable why) {
        for (Throwable t = why; t != null; t = t.getCause()) {
            if (t instanceof ConnectException
                    || t instanceof NoRouteToHostException
                    || t instanceof UnknownHostException
                    || t instanceof UnresolvedAddressException) {
                return true;
            }
        }
        return false;
    }

    /// All supernodes were tried in vain.
    ///
    /// @param version that was followed, or null
    SourceWait.Step next(@Nullable VersionId version) {
        SourceWait now = wait;
        if (now == null) {
            now = begin(version);
            wait = now;
        }
        return now.next(engine.nanoTime());
    }

    private SourceWait begin(@Nullable VersionId version) {
        int swarm = 0;
        for (HostPort node : request.supernodes()) {
            swarm = Math.max(swarm, links.to(node).swarm(version));
        }
        long now = engine.nanoTime();
        if (!request.backToSource()) {
            long patience = swarm == 0 ? PATIENCE_NANOS : LONG_PATIENCE_NANOS;
            return SourceWait.until(engine.sourceWait(), engine.random(), now + patience);
        }
        SourceWait begun =
                new SourceWait(engine.sourceWait(), engine.random(), silence, swarm, now);
        LOG.info(
                "no supernode answers: this host's turn at the origin comes in {} s swarm={}",
                begun.untilTurn(now) / 1_000_000_000L,
                swarm);
        return begun;
    }

    /// Why the supernode that was tried last did not answer, for a message.
    String troubleText() {
        return trouble == null ? "none configured" : String.valueOf(trouble.getMessage());
    }
}
