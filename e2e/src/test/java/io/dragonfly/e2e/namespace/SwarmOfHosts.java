// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.e2e.namespace;

import static org.assertj.core.api.Assertions.assertThat;

import io.dragonfly.e2e.Bed;
import io.dragonfly.e2e.Digests;
import io.dragonfly.e2e.Host;
import io.dragonfly.e2e.Lab;
import io.dragonfly.e2e.Nginx;
import io.dragonfly.e2e.Swarm;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// What most tests start from: an origin, supernodes and daemons, each on a host of its own.
final class SwarmOfHosts {
    static final int DAEMONS = 8;

    final Swarm swarm;
    final Bed bed;
    final Nginx origin;
    final List<Swarm.Supernode> supernodes = new ArrayList<>();
    final List<Swarm.Daemon> daemons = new ArrayList<>();

    SwarmOfHosts(Lab lab, Bed.Family family) {
        swarm = new Swarm(lab);
        bed = new Bed(lab, family);
        origin = new Nginx(lab, bed.host("origin"));
    }

    SwarmOfHosts withSupernodes(int count) {
        for (int i = 0; i < count; i++) {
            supernodes.add(swarm.supernode(bed.host("sn" + i), "sn" + i));
        }
        return this;
    }

    SwarmOfHosts withDaemons(int count) {
        List<Swarm.Daemon> starting = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            starting.add(starting("d" + daemons.size()));
        }
        starting.forEach(swarm::ready);
        return this;
    }

    Swarm.Daemon daemon(String name, String... options) {
        return swarm.ready(starting(name, options));
    }

    private Swarm.Daemon starting(String name, String... options) {
        Host host = bed.host(name);
        Swarm.Daemon daemon = swarm.starting(host, name, nodes(), options);
        daemons.add(daemon);
        return daemon;
    }

    private String nodes() {
        return String.join(",", supernodes.stream().map(Swarm.Supernode::node).toList());
    }

    Swarm.Supernode supernode() {
        return supernodes.getFirst();
    }

    /// All daemons at once; every copy is right.
    ///
    /// @return what dfget said, in the order of the daemons
    List<Swarm.Ended> assertAllGet(Nginx.File file, Duration limit, String... options) {
        List<Swarm.Ended> all =
                swarm.downloads(daemons, file.url(), file.path().replace('/', '-'), limit, options);
        all.forEach(ended -> assertRight(ended, file));
        return all;
    }

    /// The copy is right; it is deleted, for the disk would be full of them.
    static void assertRight(Swarm.Ended ended, Nginx.File file) {
        assertThat(ended.status()).as("%s", ended.process()).isZero();
        assertThat(Digests.sha256(ended.output()))
                .as("%s", ended.process())
                .isEqualTo(file.sha256());
        try {
            Files.delete(ended.output());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The origin sent the file at most so many times.
    void assertOriginSent(Nginx.File file, double times) {
        assertThat(origin.sentAtLeastOnce(file))
                .as("bytes that the origin sent")
                .isLessThanOrEqualTo(Math.round(file.length() * times));
    }
}
