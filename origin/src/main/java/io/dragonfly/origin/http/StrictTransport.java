// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.origin.http;

import org.eclipse.jetty.client.transport.HttpClientTransportOverHTTP;
import org.eclipse.jetty.client.transport.internal.HttpChannelOverHTTP;
import org.eclipse.jetty.client.transport.internal.HttpConnectionOverHTTP;
import org.eclipse.jetty.client.transport.internal.HttpReceiverOverHTTP;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.io.ClientConnector;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;

/// HTTP/1.1 that fails an answer behind whose promised end more bytes are there already: its
/// Content-Length is wrong, and the file would be cut off silently. Jetty drops such bytes, as
/// every client does. What comes later, on an idle connection, only closes the connection.
final class StrictTransport extends HttpClientTransportOverHTTP {
    StrictTransport(ClientConnector connector) {
        super(connector);
    }

    @Override
    public Connection newConnection(EndPoint endPoint, Map<String, Object> context)
            throws IOException {
        return customize(new StrictConnection(endPoint, context), context);
    }

    private static final class StrictConnection extends HttpConnectionOverHTTP {
        StrictConnection(EndPoint endPoint, Map<String, Object> context) {
            super(endPoint, context);
        }

        @Override
        protected HttpChannelOverHTTP newHttpChannel() {
            return new StrictChannel(this);
        }
    }

    private static final class StrictChannel extends HttpChannelOverHTTP {
        StrictChannel(HttpConnectionOverHTTP connection) {
            super(connection);
        }

        @Override
        protected HttpReceiverOverHTTP newHttpReceiver() {
            return new StrictReceiver(this);
        }
    }

    private static final class StrictReceiver extends HttpReceiverOverHTTP {
        private int status;

        StrictReceiver(HttpChannelOverHTTP channel) {
            super(channel);
        }

        @Override
        public boolean headerComplete() {
            var exchange = getHttpExchange();
            status = exchange == null ? 0 : exchange.getResponse().getStatus();
            return super.headerComplete();
        }

        @Override
        public boolean messageComplete() {
            var exchange = getHttpExchange();
            boolean mayHaveMore =
                    exchange == null
                            || HttpStatus.isInterim(status)
                            || status == HttpStatus.SWITCHING_PROTOCOLS_101
                            || "CONNECT".equals(exchange.getRequest().getMethod());
            if (!mayHaveMore && (isExcess(getResponseBuffer()) || isExcess(arrived()))) {
                badMessage(
                        new HttpException.RuntimeException(
                                HttpStatus.BAD_REQUEST_400, "more bytes than it promised"));
                return false;
            }
            return super.messageComplete();
        }

        /// What is in the socket now, a first part of it.
        private ByteBuffer arrived() {
            // In Jetty's flush mode: position and limit are 0, filling moves the limit.
            ByteBuffer buffer = ByteBuffer.allocate(256).limit(0);
            try {
                getHttpChannel().getHttpConnection().getEndPoint().fill(buffer);
            } catch (IOException e) {
                // The answer is complete; that the connection broke after it does not matter.
                buffer.limit(0);
            }
            return buffer;
        }

        /// Some servers end a body with a line end that they do not count.
        private static boolean isExcess(ByteBuffer buffer) {
            for (int i = buffer.position(); i < buffer.limit(); i++) {
                if (buffer.get(i) != '\r' && buffer.get(i) != '\n') {
                    return true;
                }
            }
            return false;
        }
    }
}
