// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.e2e;

/// Requests that are no good, for each port of the programs, with the answer. The tests run this
/// table, and the page `docs/reference/bad-input.md` shows it.
public enum BadRequest {
    DAEMON_GARBAGE(Port.DAEMON, "bytes that are no HTTP", 400, "bad-request", Bytes.GARBAGE),
    DAEMON_HEADERS(
            Port.DAEMON,
            "headers of more than 32 KiB",
            431,
            "request-header-fields-too-large",
            Bytes.LARGE_HEADERS),
    DAEMON_NO_ROUTE(Port.DAEMON, "a path that is none", 404, "no-such-path", Bytes.get("/v9/x")),
    DAEMON_METHOD(
            Port.DAEMON,
            "a method that the path does not have",
            405,
            "method-not-allowed",
            Bytes.request("DELETE", "/v1/downloads", "")),
    DAEMON_NO_JSON(Port.DAEMON, "an order that is no JSON", 400, "usage", Bytes.order("{")),
    DAEMON_UNKNOWN_FIELD(
            Port.DAEMON,
            "an order with an unknown field",
            400,
            "usage",
            Bytes.order("{\"url\":\"http://127.0.0.1/x\",\"color\":\"red\"}")),
    DAEMON_NO_URL(Port.DAEMON, "an order without a URL", 400, "usage", Bytes.order("{}")),
    DAEMON_LARGE(
            Port.DAEMON,
            "an order of more than 4 MiB",
            413,
            "body-too-large",
            "POST /v1/downloads HTTP/1.1\r\nHost: x\r\nContent-Length: 5000000\r\n\r\n"),
    DAEMON_NO_DOWNLOAD(
            Port.DAEMON,
            "a download that never was",
            404,
            "no-such-download",
            Bytes.get("/v1/downloads/4711")),
    HTTP_GARBAGE(Port.DAEMON_HTTP, "bytes that are no HTTP", 400, "bad-request", Bytes.GARBAGE),
    HTTP_ORDER(Port.DAEMON_HTTP, "an order", 404, "no-such-path", Bytes.order("{}")),
    DAEMON_PIECE_GARBAGE(Port.DAEMON_PIECES, "bytes that are no hello", 0, "", Bytes.GARBAGE),
    DAEMON_PIECE_HTTP(Port.DAEMON_PIECES, "an HTTP request", 0, "", Bytes.get("/")),
    API_GARBAGE(Port.SUPERNODE, "bytes that are no HTTP", 400, "bad-request", Bytes.GARBAGE),
    API_HEADERS(
            Port.SUPERNODE,
            "headers of more than 32 KiB",
            431,
            "request-header-fields-too-large",
            Bytes.LARGE_HEADERS),
    API_NO_ROUTE(Port.SUPERNODE, "a path that is none", 404, "no-such-path", Bytes.get("/v9/x")),
    API_NO_TASK(
            Port.SUPERNODE,
            "a task that is none",
            404,
            "unknown-task",
            Bytes.get("/v1/tasks/" + "0".repeat(64))),
    CONTROL_NO_UPGRADE(
            Port.SUPERNODE,
            "`/v1/control` without WebSocket",
            426,
            "upgrade-required",
            Bytes.get("/v1/control")),
    PIECE_GARBAGE(Port.PIECES, "bytes that are no hello", 0, "", Bytes.GARBAGE),
    PIECE_HTTP(Port.PIECES, "an HTTP request", 0, "", Bytes.get("/"));

    /// Where it is sent.
    public enum Port {
        DAEMON("`dfdaemon`, Unix socket"),
        DAEMON_HTTP("`dfdaemon --http-port`"),
        DAEMON_PIECES("`dfdaemon --piece-port`"),
        SUPERNODE("`supernode --port`"),
        PIECES("`supernode --piece-port`");

        private final String title;

        Port(String title) {
            this.title = title;
        }

        public String title() {
            return title;
        }
    }

    /// What is sent, each character a byte.
    private static final class Bytes {
        static final String GARBAGE = "\u0000\u0001\u00ff\u0016\u0003 garbage\r\n\r\n".repeat(20);
        static final String LARGE_HEADERS =
                "GET /v1/health HTTP/1.1\r\nHost: x\r\nX: " + "y".repeat(40_000) + "\r\n\r\n";

        static String get(String path) {
            return request("GET", path, "");
        }

        static String order(String json) {
            return request("POST", "/v1/downloads", json);
        }

        static String request(String method, String path, String body) {
            return "%s %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s"
                    .formatted(method, path, body.length(), body);
        }
    }

    private final Port port;
    private final String what;
    private final int status;
    private final String code;
    private final String sent;

    BadRequest(Port port, String what, int status, String code, String sent) {
        this.port = port;
        this.what = what;
        this.status = status;
        this.code = code;
        this.sent = sent;
    }

    public Port port() {
        return port;
    }

    /// The case, for people.
    public String what() {
        return what;
    }

    /// HTTP status; 0: the connection is closed without one.
    public int status() {
        return status;
    }

    /// Word of the problem, or empty.
    public String code() {
        return code;
    }

    /// What is sent, each character a byte.
    public String sent() {
        return sent;
    }
}
