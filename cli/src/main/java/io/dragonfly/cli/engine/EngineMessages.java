// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.cli.engine;

import io.dragonfly.cli.NodeList;
import io.dragonfly.cli.daemon.DownloadOrder;
import io.dragonfly.cli.daemon.DownloadReport;
import io.dragonfly.core.limits.TrafficClass;
import io.dragonfly.core.model.Digest;
import io.dragonfly.core.model.Header;
import io.dragonfly.core.model.TaskSpec;
import io.dragonfly.peer.DownloadRequest;
import io.dragonfly.peer.DownloadStatus;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Translates orders into requests and statuses into reports.
public final class EngineMessages {
    private EngineMessages() {}

    /// @throws IllegalArgumentException with a message for users, without credentials
    public static DownloadRequest request(DownloadOrder order) {
        List<Header> headers = new ArrayList<>();
        for (String line : order.headers()) {
            headers.add(Header.parse(line));
        }
        Digest digest = order.digest().isEmpty() ? null : Digest.parse(order.digest());
        TaskSpec spec =
                new TaskSpec(
                        url(order.url()),
                        headers,
                        order.filter(),
                        order.tag(),
                        digest,
                        order.insecure(),
                        order.caCerts());
        return new DownloadRequest(
                spec,
                NodeList.parse(order.nodes()),
                pattern(order.pattern()),
                order.backToSource(),
                lower(order.bytesPerSecond(), order.totalBytesPerSecond()),
                traffic(order.traffic()));
    }

    public static DownloadReport report(DownloadStatus status) {
        return new DownloadReport(
                status.phase().name().toLowerCase(Locale.ROOT),
                status.task(),
                status.version(),
                status.length(),
                status.verified(),
                status.fromPeers(),
                status.fromSupernode(),
                status.fromOrigin(),
                status.fromStore(),
                status.contentType(),
                status.etag(),
                status.lastModified(),
                status.waitedMillis(),
                status.parents());
    }

    /// The message of a URISyntaxException repeats the URL with its credentials, so it is not used.
    private static URI url(String text) {
        try {
            URI url = new URI(text);
            if (url.getScheme() == null) {
                throw new IllegalArgumentException("the URL has no scheme such as https://");
            }
            return url;
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(
                    "not a URL: " + e.getReason() + " at character " + (e.getIndex() + 1), e);
        }
    }

    private static DownloadRequest.Pattern pattern(String word) {
        return switch (word) {
            case "p2p" -> DownloadRequest.Pattern.P2P;
            case "cdn" -> DownloadRequest.Pattern.CDN;
            case "source" -> DownloadRequest.Pattern.SOURCE;
            default ->
                    throw new IllegalArgumentException(
                            "'pattern' must be p2p, cdn or source, not '" + word + "'");
        };
    }

    private static TrafficClass traffic(String word) {
        return switch (word) {
            case DownloadOrder.FOREGROUND -> TrafficClass.FOREGROUND;
            case "preheat" -> TrafficClass.PREHEAT;
            case "background" -> TrafficClass.BACKGROUND;
            default ->
                    throw new IllegalArgumentException(
                            "'class' must be foreground, preheat or background, not '"
                                    + word
                                    + "'");
        };
    }

    /// The stricter of two limits of which 0 is none.
    private static long lower(long a, long b) {
        return a == 0 ? b : b == 0 ? a : Math.min(a, b);
    }
}
