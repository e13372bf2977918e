// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.cli.logging;

/// How a log event becomes a line.
public enum LogFormat {
    /// `time=… level=INFO logger=Peer msg="…" key=value`.
    TEXT,
    /// One JSON object.
    JSON
}
