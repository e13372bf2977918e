// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.net.http;

import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.server.AbstractMetaDataConnection;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/// Bounds the time that a request's headers may take. Jetty's idle timeout starts anew with each
/// byte, so a client that drips headers would hold its connection for ever.
///
/// A connection is closed when, since its opening or since its last request was done, bytes have
/// come (or, for a new one, have not come) for longer than the limit without a request reaching the
/// handlers. Connections on which a request runs, and those that wait between requests without
/// having sent a byte, are left to the idle timeout.
final class HeaderWatchdog extends Handler.Wrapper implements Connection.Listener {
    /// What is known of a connection; all fields are guarded by the object itself, held briefly.
    private static final class Watched {
        private int running;
        private boolean fresh = true;
        private long quietBytes;
        private long sinceNanos;

        Watched(long nowNanos) {
            sinceNanos = nowNanos;
        }

        synchronized void begin() {
            running++;
            fresh = false;
        }

        synchronized void end(long bytes, long nowNanos) {
            running--;
            quietBytes = bytes;
            sinceNanos = nowNanos;
        }

        synchronized boolean isLate(long bytes, long nowNanos, long limitNanos) {
            if (running > 0) {
                return false;
            }
            if (!fresh && bytes == quietBytes) {
                sinceNanos =
                        nowNanos; // waits between requests: the clock starts with the next byte
                return false;
            }
            return nowNanos - sinceNanos > limitNanos;
        }
    }

    private final Map<Connection, Watched> watched = new ConcurrentHashMap<>();
    private final long limitNanos;
    private final LongSupplier nanoTime;

    HeaderWatchdog(Handler handler, long limitNanos, LongSupplier nanoTime) {
        super(handler);
        this.limitNanos = limitNanos;
        this.nanoTime = nanoTime;
    }

    @Override
    public void onOpened(Connection connection) {
        if (connection instanceof AbstractMetaDataConnection) {
            watch(connection);
        }
    }

    /// Watches a connection that is not going to have requests, or not yet, until it is closed.
    void watch(Connection connection) {
        watched.put(connection, new Watched(nanoTime.getAsLong()));
    }

    @Override
    public void onClosed(Connection connection) {
        watched.remove(connection);
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        Connection connection = request.getConnectionMetaData().getConnection();
        Watched state = watched.get(connection);
        if (state != null) {
            state.begin();
            Request.addCompletionListener(
                    request, _ -> state.end(connection.getBytesIn(), nanoTime.getAsLong()));
        }
        return super.handle(request, response, callback);
    }

    /// Closes the connections that are late.
    void sweep() {
        long now = nanoTime.getAsLong();
        watched.forEach((connection, state) -> {
            if (state.isLate(connection.getBytesIn(), now, limitNanos)) {
                connection.getEndPoint().close();
            }
        });
    }
}
