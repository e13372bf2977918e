// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.net.http;

import io.dragonfly.core.model.Check;

import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.URIUtil;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/// Requests to routes, by method and path. Answers every request: 404 and 405 where no route fits,
/// the problem of a [ProblemException], 500 without inner details for anything else that a route
/// throws (and one line in the log). So it stands last among handlers. Routes are added before the
/// server starts.
public final class Router extends Handler.Abstract {
    /// Answers a request; runs on a virtual thread of its own.
    @FunctionalInterface
    public interface Route {
        void handle(Exchange exchange) throws Exception;
    }

    private record Entry(String method, List<String> template, Route route) {}

    private static final Logger LOG = LoggerFactory.getLogger(Router.class);

    private final HttpSettings settings;
    private final List<Entry> entries = new ArrayList<>();

    public Router(HttpSettings settings) {
        this.settings = settings;
    }

    /// Adds a route. Of several that fit a path the first wins. A GET route answers HEAD too.
    ///
    /// @param template a path whose segments are literal or `{name}`, which stands for one segment
    ///   that is not empty; a last `{name*}` stands for the rest of the path, slashes included
    public Router on(String method, String template, Route route) {
        Check.argument(template.startsWith("/"), "a path starts with '/': %s", template);
        Check.that(!isRunning(), "routes are added before the start");
        entries.add(new Entry(method, split(template), route));
        return this;
    }

    public Router get(String template, Route route) {
        return on("GET", template, route);
    }

    public Router post(String template, Route route) {
        return on("POST", template, route);
    }

    public Router delete(String template, Route route) {
        return on("DELETE", template, route);
    }

    /// What is served, as `GET /v1/tasks/{id}`, in the order of addition: for tests that compare it
    /// with what is documented.
    public List<String> routes() {
        return entries.stream()
                .map(entry -> entry.method() + " " + String.join("/", entry.template()))
                .toList();
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        Map<String, String> segments = new LinkedHashMap<>();
        Exchange exchange = new Exchange(request, response, settings, segments);
        try {
            try {
                find(request, segments).handle(exchange);
                if (!exchange.isAnswered()) {
                    exchange.empty(204);
                }
            } catch (ProblemException e) {
                answer(exchange, response, e);
            }
            callback.succeeded();
        } catch (Throwable e) {
            fail(exchange, request, response, callback, e);
        }
        return true;
    }

    private Route find(Request request, Map<String, String> segments) {
        List<String> path = split(request.getHttpURI().getCanonicalPath());
        String method = request.getMethod().equals("HEAD") ? "GET" : request.getMethod();
        TreeSet<String> allowed = new TreeSet<>();
        for (Entry entry : entries) {
            segments.clear();
            if (fits(entry.template(), path, segments)) {
                if (entry.method().equals(method)) {
                    return entry.route();
                }
                allowed.add(entry.method());
            }
        }
        if (allowed.isEmpty()) {
            return exchange -> {
                throw new ProblemException(404, "no-such-path", "nothing is at " + raw(request));
            };
        }
        if (allowed.contains("GET")) {
            allowed.add("HEAD");
        }
        String allow = String.join(", ", allowed);
        return exchange -> {
            exchange.answerHeader("Allow", allow);
            throw new ProblemException(
                    405, "method-not-allowed", "%s allows %s".formatted(raw(request), allow));
        };
    }

    /// The path as it came, without the query: safe to show, as its control characters are escaped.
    private static String raw(Request request) {
        return String.valueOf(request.getHttpURI().getPath());
    }

    private static boolean fits(
            List<String> template, List<String> path, Map<String, String> segments) {
        for (int i = 0; i < template.size(); i++) {
            String part = template.get(i);
            if (part.endsWith("*}") && i < path.size()) {
                String rest = String.join("/", path.subList(i, path.size()));
                segments.put(part.substring(1, part.length() - 2), URIUtil.decodePath(rest));
                return true;
            }
            if (i >= path.size()) {
                return false;
            }
            if (part.startsWith("{")) {
                if (path.get(i).isEmpty()) {
                    return false;
                }
                segments.put(part.substring(1, part.length() - 1), URIUtil.decodePath(path.get(i)));
            } else if (!part.equals(path.get(i))) {
                return false;
            }
        }
        return template.size() == path.size();
    }

    private static List<String> split(@Nullable String path) {
        return path == null ? List.of() : List.of(path.split("/", -1));
    }

    private static void answer(Exchange exchange, Response response, ProblemException e)
            throws IOException, ProblemException {
        if (response.isCommitted() || exchange.isAnswered()) {
            throw e; // too late for a clean answer: the connection is cut
        }
        if (e.retryAfterSeconds() > 0) {
            exchange.answerHeader("Retry-After", Integer.toString(e.retryAfterSeconds()));
        }
        exchange.problem(e.problem());
    }

    /// The end of a request that cannot be answered as it should be.
    private static void fail(
            Exchange exchange,
            Request request,
            Response response,
            Callback callback,
            Throwable cause) {
        boolean gone = cause instanceof IOException || cause instanceof EOFException;
        if (gone) {
            LOG.debug("{} {}: {}", request.getMethod(), raw(request), cause.toString());
        } else {
            LOG.error("{} {} failed", request.getMethod(), raw(request), cause);
        }
        if (response.isCommitted() || (gone && exchange.isAnswered())) {
            callback.failed(cause);
            return;
        }
        int status = cause instanceof HttpException http ? http.getCode() : 500;
        response.reset();
        Response.writeError(request, response, callback, status);
    }
}
