// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.e2e.bench;

import io.dragonfly.e2e.Host;
import io.dragonfly.e2e.Nginx;
import io.dragonfly.e2e.Running;
import io.dragonfly.e2e.Site;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// A system that brings a file to all hosts of a bed. An instance is for one run: everything is
/// fresh, and nobody has anything of the file.
interface Contestant {
    /// What it can be made from.
    ///
    /// @param site where its processes and files belong
    /// @param file at the origin, and nowhere else
    /// @param options of our own programs besides what they need
    record Start(Site site, ShapedHosts hosts, Nginx origin, Nginx.File file, Options options) {}

    /// What is tried out with our own programs.
    record Options(List<String> daemon, List<String> supernode) {}

    /// One host's download.
    ///
    /// @param command that runs on the host
    /// @param output where the file will be
    /// @param doneLine what the process says on standard output when the file is complete; empty
    ///   where the process ends then
    record Download(Host host, List<String> command, Path output, String doneLine) {
        boolean endsByItself() {
            return doneLine.isEmpty();
        }
    }

    /// Who there is, by name.
    enum Kind {
        DRAGONFLY("dragonfly"),
        CURL("curl"),
        ARIA2("aria2"),
        LIBTORRENT("libtorrent");

        private final String title;

        Kind(String title) {
            this.title = title;
        }

        String title() {
            return title;
        }

        /// Starts all that must run beforehand, and waits until it does.
        Contestant start(Start start) {
            return switch (this) {
                case DRAGONFLY -> new Dragonfly(start);
                case CURL -> new Curl(start);
                case ARIA2 -> new BitTorrent(start, BitTorrent.Client.ARIA2);
                case LIBTORRENT -> new BitTorrent(start, BitTorrent.Client.LIBTORRENT);
            };
        }
    }

    /// What runs beside the downloads, by role: `origin`, `supernode`, `peers`.
    Map<String, List<Running>> standing();

    /// In the order of the hosts.
    List<Download> downloads();
}
