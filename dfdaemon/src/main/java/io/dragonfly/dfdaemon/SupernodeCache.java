// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.dfdaemon;

import io.dragonfly.cli.NodeList;
import io.dragonfly.core.model.HostPort;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/// The supernodes of the last start, in the home's meta directory: a daemon that dfget starts is
/// not told any.
final class SupernodeCache {
    private static final Logger LOG = LoggerFactory.getLogger(SupernodeCache.class);

    private final Path file;

    SupernodeCache(Path home) {
        file = home.resolve("meta").resolve("supernodes");
    }

    /// Keeps the nodes that are given; without any says those kept, else the local one.
    List<HostPort> resolve(List<HostPort> given) {
        if (!given.isEmpty()) {
            keep(given);
            return given;
        }
        try {
            if (Files.exists(file)) {
                List<HostPort> kept = NodeList.parse(Files.readAllLines(file));
                if (!kept.isEmpty()) {
                    LOG.info("Using the supernodes of the last start: {}", kept);
                    return kept;
                }
            }
        } catch (IOException | IllegalArgumentException e) {
            LOG.warn("Cannot read {}: {}", file, e.getMessage());
        }
        return List.of(NodeList.LOCAL);
    }

    private void keep(List<HostPort> nodes) {
        Path temporary = file.resolveSibling("supernodes.new");
        try {
            Files.write(temporary, nodes.stream().map(HostPort::toString).toList());
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            LOG.warn("Cannot write {}: {}", file, e.getMessage());
        }
    }
}
