// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.proxy;

import io.dragonfly.core.model.HostPort;
import io.dragonfly.net.http.ProblemException;
import io.dragonfly.origin.AddressGuard;

import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ConnectHandler;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/// `CONNECT`: a tunnel to where the client wants, or to ourselves for the hosts that the operator
/// has us read. Everything else goes to the handler behind.
final class Tunnels extends ConnectHandler {
    private static final Logger LOG = LoggerFactory.getLogger(Tunnels.class);

    /// Jetty's 4 KiB cost four times the processor time.
    private static final int BUFFER = 64 << 10;

    private static final Duration CONNECT = Duration.ofSeconds(10);
    private static final Duration IDLE = Duration.ofMinutes(10);

    private final Upstreams upstreams;
    private final AddressGuard guard;
    private final @Nullable Interception interception;
    private final ProxyMeter meter;

    /// An address that must not be connected to.
    private static final class RefusedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        RefusedException(String message) {
            super(message);
        }
    }

    /// @param guard of the resolved addresses
    /// @param interception null: nothing is read
    Tunnels(
            Handler next,
            Upstreams upstreams,
            AddressGuard guard,
            @Nullable Interception interception,
            ProxyMeter meter) {
        super(next);
        this.upstreams = upstreams;
        this.guard = guard;
        this.interception = interception;
        this.meter = meter;
        setBufferSize(BUFFER);
        setConnectTimeout(CONNECT.toMillis());
        setIdleTimeout(IDLE.toMillis());
    }

    @Override
    protected void handleConnect(
            Request request, Response response, Callback callback, String authority) {
        try {
            HostPort server = HostPort.parse(authority, 443);
            upstreams.require(server);
            meter.answered(ProxyMeter.Answer.TUNNEL);
            Interception reading = interception;
            if (reading != null && reading.reads(server)) {
                reading.accept(request, response, callback, server);
            } else {
                super.handleConnect(request, response, callback, server.toString());
            }
        } catch (ProblemException e) {
            LOG.info("CONNECT {}: {}", authority, e.getMessage());
            refuse(response, callback, e.problem().status(), String.valueOf(e.problem().detail()));
        } catch (IllegalArgumentException e) {
            refuse(response, callback, 400, "not a host and a port");
        }
    }

    /// Resolves on the request's own thread, and hands out what was checked.
    @Override
    protected InetSocketAddress newConnectAddress(String host, int port) {
        boolean here = upstreams.mayBeHere(new HostPort(Upstreams.bare(host), port));
        AddressGuard judge = here ? guard : guard.and(AddressGuard.NO_LOOPBACK);
        String why = "";
        try {
            for (InetAddress address : InetAddress.getAllByName(Upstreams.bare(host))) {
                Optional<String> refusal = judge.refusal(address);
                if (refusal.isEmpty()) {
                    return new InetSocketAddress(address, port);
                }
                why = refusal.get();
            }
        } catch (UnknownHostException e) {
            throw new RefusedException("the name of " + host + " cannot be resolved");
        }
        throw new RefusedException("refused to connect to " + host + ": it is " + why);
    }

    @Override
    protected void onConnectFailure(
            Request request, Response response, Callback callback, Throwable failure) {
        boolean refused = failure instanceof RefusedException;
        LOG.info("CONNECT {}: {}", request.getHttpURI().getAuthority(), failure.toString());
        String why = refused ? String.valueOf(failure.getMessage()) : "no connection";
        refuse(response, callback, refused ? 403 : 502, why);
    }

    private static void refuse(Response response, Callback callback, int status, String why) {
        byte[] body = ("dfdaemon: " + why + "\n").getBytes(StandardCharsets.UTF_8);
        response.setStatus(status);
        response.getHeaders().put("Content-Type", "text/plain; charset=utf-8");
        response.getHeaders().put("Content-Length", body.length);
        response.write(true, ByteBuffer.wrap(body), callback);
    }
}
