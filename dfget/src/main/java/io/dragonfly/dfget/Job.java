// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.dfget;

import io.dragonfly.cli.daemon.DownloadOrder;

import org.jspecify.annotations.Nullable;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;

/// What the command line asks for, checked.
///
/// @param output a path, or `-` for standard output
/// @param timeout for everything; zero for none
/// @param home of the daemon to use; null: the host's or the user's
/// @param aliveTime idle time after which a daemon that we start ends
/// @param alone for `noDaemon`
record Job(
        DownloadOrder order,
        URI url,
        String output,
        Duration timeout,
        @Nullable Path home,
        boolean noDaemon,
        Duration aliveTime,
        Alone alone,
        Show show) {

    record Show(boolean quiet, boolean json, boolean explain) {}

    boolean toStandardOutput() {
        return output.equals("-");
    }
}
