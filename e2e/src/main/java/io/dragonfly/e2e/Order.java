// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.e2e;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;

/// A download that is asked for at a daemon's socket without the help of `dfget`: for many in a
/// short time.
public final class Order {
    private Order() {}

    /// Downloads, and waits for the end.
    ///
    /// @return the last event
    public static String place(Swarm.Daemon daemon, String url) throws IOException {
        String body = "{\"url\":\"" + url + "\",\"backToSource\":false}";
        String answer =
                RawSocket.exchange(
                        UnixDomainSocketAddress.of(daemon.home().resolve("run/dfdaemon.sock")),
                        "POST /v1/downloads HTTP/1.0\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s"
                                .formatted(body.getBytes(StandardCharsets.UTF_8).length, body));
        return answer.lines().reduce("", (_, last) -> last);
    }
}
