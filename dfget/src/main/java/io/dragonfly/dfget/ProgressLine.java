// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.dfget;

import io.dragonfly.cli.daemon.DownloadReport;

import java.util.ArrayList;
import java.util.List;

/// How far a download is, as one line of at most a given width. What matters least is left out
/// first: the shares, the time to go, the rate, the sizes; the bar takes what is left.
final class ProgressLine {
    private static final int MIN_BAR = 10;
    private static final int MAX_BAR = 40;
    private static final int MAX_ETA_SECONDS = 100 * 86_400;

    private ProgressLine() {}

    /// @param bytesPerSecond of late, 0 while unknown
    static String render(DownloadReport report, long bytesPerSecond, int width) {
        boolean known = report.length() >= 0;
        String head = known ? percent(report) + " " : "";
        List<String> parts = parts(report, bytesPerSecond);
        int bar = known ? MIN_BAR + 3 : 0;
        int used = head.length() + bar;
        StringBuilder tail = new StringBuilder();
        for (String part : parts) {
            int more = part.length() + (tail.isEmpty() ? 0 : 2);
            if (used + more > width) {
                break;
            }
            tail.append(tail.isEmpty() ? "" : "  ").append(part);
            used += more;
        }
        if (!known || used > width) {
            String line = head + tail;
            return line.length() > width ? line.substring(0, width) : line;
        }
        int cells = Math.min(MAX_BAR, MIN_BAR + width - used);
        return (head + bar(report, cells) + " " + tail).stripTrailing();
    }

    /// For logs: one line without a bar.
    static String plain(DownloadReport report, long bytesPerSecond) {
        String head = report.length() >= 0 ? percent(report).strip() + "  " : "";
        return head + String.join("  ", parts(report, bytesPerSecond));
    }

    /// `peers 80%, supernode 15%`, of all verified bytes; empty without bytes.
    static String shares(DownloadReport report, String separator) {
        long all =
                report.fromPeers()
                        + report.fromSupernode()
                        + report.fromOrigin()
                        + report.fromStore();
        StringBuilder text = new StringBuilder();
        share(text, separator, "peers", report.fromPeers(), all);
        share(text, separator, "supernode", report.fromSupernode(), all);
        share(text, separator, "origin", report.fromOrigin(), all);
        share(text, separator, "stored", report.fromStore(), all);
        return text.toString();
    }

    private static List<String> parts(DownloadReport report, long bytesPerSecond) {
        List<String> parts = new ArrayList<>(4);
        String size = Units.bytes(report.verified());
        boolean known = report.length() >= 0;
        parts.add(known ? size + " of " + Units.bytes(report.length()) : size);
        if (bytesPerSecond > 0) {
            parts.add(Units.bytes(bytesPerSecond) + "/s");
            long left = (report.length() - report.verified()) / bytesPerSecond;
            if (known && left > 0 && left < MAX_ETA_SECONDS) {
                parts.add("eta " + Units.time(left));
            }
        }
        String shares = shares(report, " ");
        if (!shares.isEmpty()) {
            parts.add(shares);
        } else if (report.verified() == 0 && report.phase().equals("registering")) {
            parts.add("registering");
        }
        return parts;
    }

    private static String percent(DownloadReport report) {
        long percent = portion(report.verified(), report.length(), 100);
        return (percent < 10 ? "  " : percent < 100 ? " " : "") + percent + "%";
    }

    private static String bar(DownloadReport report, int cells) {
        int full = (int) portion(report.verified(), report.length(), cells);
        StringBuilder bar = new StringBuilder(cells + 2).append('[');
        for (int i = 0; i < cells; i++) {
            bar.append(i < full - 1 || full == cells ? '=' : i == full - 1 ? '>' : ' ');
        }
        return bar.append(']').toString();
    }

    private static void share(
            StringBuilder text, String separator, String name, long part, long all) {
        if (part > 0) {
            text.append(text.isEmpty() ? "" : separator).append(name).append(' ');
            text.append(portion(part, all, 100)).append('%');
        }
    }

    /// `part / all * scale`, rounded down, without overflow; an empty whole is complete.
    private static long portion(long part, long all, int scale) {
        return all <= 0 ? scale : Math.min(scale, (long) ((double) part / all * scale));
    }
}
