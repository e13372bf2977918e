// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.peer;

import io.dragonfly.core.download.Action;
import io.dragonfly.core.model.VersionId;
import io.dragonfly.core.protocol.FromPeer;
import io.dragonfly.net.control.ControlStream;

import java.util.List;

/// Tells the supernode what a session's state wants reported. Confined to the session's lock.
final class Reports {
    private final ControlStream stream;
    private final String version;
    private final DownloadRate rate = new DownloadRate();

    /// First wanted range, as it was said last.
    private int saidNext;

    Reports(ControlStream stream, VersionId version) {
        this.stream = stream;
        this.version = version.hex();
    }

    /// @param next first range that is still wanted
    void started(Action.ReportStarted report, int next) {
        progress(List.of(report.range()), List.of(), next);
    }

    void ending(Action.ReportEnding report) {
        stream.send(new FromPeer.Ending(version, report.range()));
    }

    void done(Action.ReportDone report, int next) {
        progress(List.of(), List.of(report.range()), next);
    }

    /// The reader of a window got further, perhaps.
    void moved(int next) {
        if (next != saidNext) {
            progress(List.of(), List.of(), next);
        }
    }

    private void progress(List<Integer> started, List<Integer> done, int next) {
        saidNext = next;
        stream.send(new FromPeer.Progress(version, started, done, next, rate.bytesPerSecond()));
    }

    void failed(Action.ReportFailed report) {
        stream.send(
                new FromPeer.Failed(
                        version,
                        report.range(),
                        report.parent().value(),
                        report.reason(),
                        report.block()));
    }

    void slow(Action.ReportSlow report) {
        stream.send(
                new FromPeer.Slow(
                        version, report.range(), report.parent().value(), report.block()));
    }

    /// @param lost ranges that are not here any more
    void rechecked(int firstBlock, int endBlock, List<Integer> lost) {
        stream.send(new FromPeer.Rechecked(version, firstBlock, endBlock, lost));
    }

    void received(int bytes, long nowNanos) {
        rate.received(bytes, nowNanos);
    }

    void leave() {
        stream.send(new FromPeer.Leave(version));
    }
}
