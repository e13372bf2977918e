// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.e2e.bench;

import io.dragonfly.e2e.Host;
import io.dragonfly.e2e.Running;
import io.dragonfly.e2e.Site;
import io.dragonfly.e2e.Swarm;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The distribution, with its defaults where nothing else is said: a fresh supernode, and daemons
/// that run already. A peer behind a thin link says in which data centre it is, as in production.
final class Dragonfly implements Contestant {
    private final Start start;
    private final Swarm.Supernode supernode;
    private final List<Swarm.Daemon> daemons = new ArrayList<>();

    Dragonfly(Start start) {
        this.start = start;
        Swarm swarm = new Swarm(start.site());
        ShapedHosts hosts = start.hosts();
        supernode =
                swarm.supernode(
                        hosts.supernode(),
                        "supernode",
                        start.options().supernode().toArray(String[]::new));
        List<Topology.Peer> peers = hosts.topology().peers();
        for (int i = 0; i < peers.size(); i++) {
            Host host = hosts.peers().get(i);
            String zone = peers.get(i).zone();
            List<String> options = new ArrayList<>(start.options().daemon());
            if (!zone.isEmpty()) {
                options.addAll(List.of("--idc", zone));
            }
            String[] all = options.toArray(String[]::new);
            daemons.add(swarm.starting(host, "p" + i, supernode.node(), all));
        }
        daemons.forEach(swarm::ready);
    }

    @Override
    public Map<String, List<Running>> standing() {
        return Map.of(
                "origin", List.of(start.origin().process()),
                "supernode", List.of(supernode.process()),
                "peers", daemons.stream().map(Swarm.Daemon::process).toList());
    }

    @Override
    public List<Download> downloads() {
        return daemons.stream().map(this::download).toList();
    }

    private Download download(Swarm.Daemon daemon) {
        Path output = daemon.home().resolveSibling(daemon.home().getFileName() + "-out");
        List<String> command =
                List.of(
                        Site.program("dfget"),
                        "--home",
                        daemon.home().toString(),
                        start.file().url(),
                        "-O",
                        output.toString(),
                        "--json");
        return new Download(daemon.host(), command, output, "");
    }
}
