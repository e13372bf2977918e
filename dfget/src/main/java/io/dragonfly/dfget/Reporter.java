// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.dfget;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;

import io.dragonfly.cli.CommandFailure;
import io.dragonfly.cli.daemon.DownloadReport;
import io.dragonfly.core.model.MaskedUrl;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// Tells the user what happens: a bar on a terminal, a line every few seconds elsewhere, JSON on
/// request. All for people goes to standard error, for standard output may be the content.
final class Reporter {
    private static final long LINE_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final int MAX_PARENTS_SHOWN = 20;

    private final Job job;
    private final DfgetEnvironment environment;
    private final PrintWriter err;
    private final RateMeter meter = new RateMeter();
    private final long startNanos;
    private long nextLineNanos;
    private boolean barShown;
    private DownloadReport last = DownloadReport.NONE;

    Reporter(Job job, DfgetEnvironment environment, PrintWriter err) {
        this.job = job;
        this.environment = environment;
        this.err = err;
        this.startNanos = environment.nanoTime().getAsLong();
        this.nextLineNanos = startNanos + LINE_NANOS;
    }

    void started(String id) {
        if (job.show().json()) {
            json(
                    "started",
                    json -> {
                        json.writeStringField("url", MaskedUrl.of(job.url()));
                        json.writeStringField("output", job.output());
                        json.writeStringField("id", id);
                    });
        }
    }

    void progress(DownloadReport report) {
        last = report;
        long now = environment.nanoTime().getAsLong();
        long rate = meter.update(report.verified(), now);
        if (job.show().json()) {
            json(
                    "progress",
                    json -> {
                        report.writeFields(json);
                        json.writeNumberField("bytesPerSecond", rate);
                    });
        } else if (job.show().quiet()) {
            return;
        } else if (environment.terminal()) {
            err.print("\r" + ProgressLine.render(report, rate, environment.columns() - 1));
            err.print("\u001b[K");
            err.flush();
            barShown = true;
        } else if (now - nextLineNanos >= 0) {
            nextLineNanos = now + LINE_NANOS;
            err.println("dfget: " + ProgressLine.plain(report, rate));
            err.flush();
        }
    }

    void done(DownloadReport report) {
        last = report;
        long nanos = environment.nanoTime().getAsLong() - startNanos;
        long rate = (long) (report.length() / Math.max(1e-3, nanos / 1e9));
        if (job.show().json()) {
            json(
                    "done",
                    json -> {
                        report.writeFields(json);
                        json.writeStringField("output", job.output());
                        json.writeNumberField("millis", TimeUnit.NANOSECONDS.toMillis(nanos));
                        json.writeNumberField("bytesPerSecond", rate);
                    });
        } else if (!job.show().quiet()) {
            clearBar();
            err.println(finalLine(job.output(), report, nanos));
        }
        explain();
        err.flush();
    }

    void failed(CommandFailure failure) {
        clearBar();
        if (job.show().json()) {
            json(
                    "failed",
                    json -> {
                        last.writeFields(json);
                        json.writeStringField("code", failure.exitCode().word());
                        json.writeNumberField("exit", failure.exitCode().number());
                        json.writeStringField("message", failure.getMessage());
                    });
        }
        explain();
        err.flush();
    }

    static String finalLine(String output, DownloadReport report, long nanos) {
        long rate = (long) (report.length() / Math.max(1e-3, nanos / 1e9));
        String shares = ProgressLine.shares(report, ", ");
        return (output.equals("-") ? "" : output + ": ")
                + Units.bytes(report.length())
                + " in "
                + Units.seconds(nanos)
                + (report.length() > 0 ? " (" + Units.bytes(rate) + "/s)" : "")
                + (shares.isEmpty() ? "" : ", " + shares);
    }

    /// The lines of `--explain`.
    static List<String> explanation(DownloadReport report) {
        List<String> lines = new ArrayList<>();
        lines.add("where the bytes came from:");
        addBytes(lines, "other peers", report.fromPeers());
        addBytes(lines, "supernode", report.fromSupernode());
        addBytes(lines, "origin, read by this host", report.fromOrigin());
        addBytes(lines, "already on this host", report.fromStore());
        List<Map.Entry<String, Long>> parents = new ArrayList<>(report.parents().entrySet());
        parents.sort(Map.Entry.<String, Long>comparingByValue().reversed());
        if (!parents.isEmpty()) {
            lines.add("by parent:");
        }
        for (int i = 0; i < parents.size() && i < MAX_PARENTS_SHOWN; i++) {
            addBytes(lines, parents.get(i).getKey(), parents.get(i).getValue());
        }
        if (parents.size() > MAX_PARENTS_SHOWN) {
            lines.add("  and " + (parents.size() - MAX_PARENTS_SHOWN) + " more");
        }
        if (!report.waitedMillis().isEmpty()) {
            lines.add("waited for:");
            report.waitedMillis()
                    .forEach((cause, millis) -> lines.add("  " + pad(cause) + millis + " ms"));
        }
        return lines;
    }

    private void explain() {
        if (job.show().explain()) {
            for (String line : explanation(last)) {
                err.println(line);
            }
        }
    }

    private static void addBytes(List<String> lines, String name, long bytes) {
        if (bytes > 0) {
            lines.add("  " + pad(name) + Units.bytes(bytes));
        }
    }

    private static String pad(String name) {
        return name + " ".repeat(Math.max(2, 30 - name.length()));
    }

    private void clearBar() {
        if (barShown) {
            err.print("\r\u001b[K");
            barShown = false;
        }
    }

    private interface Fields {
        void write(JsonGenerator json) throws IOException;
    }

    private void json(String event, Fields fields) {
        ByteArrayOutputStream line = new ByteArrayOutputStream(512);
        try (JsonGenerator json = new JsonFactory().createGenerator(line)) {
            json.writeStartObject();
            json.writeStringField("event", event);
            fields.write(json);
            json.writeEndObject();
        } catch (IOException e) {
            throw new IllegalStateException("writing to memory failed", e);
        }
        line.write('\n');
        try {
            line.writeTo(environment.out());
            environment.out().flush();
        } catch (IOException e) {
            throw new CommandFailure(
                    io.dragonfly.cli.ExitCode.OUTPUT, "cannot write to standard output", e);
        }
    }
}
