// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.e2e.bench;

import io.dragonfly.e2e.Host;
import io.dragonfly.e2e.Running;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Everybody reads the origin with `curl`.
final class Curl implements Contestant {
    private final Start start;

    Curl(Start start) {
        this.start = start;
    }

    @Override
    public Map<String, List<Running>> standing() {
        return Map.of("origin", List.of(start.origin().process()));
    }

    @Override
    public List<Download> downloads() {
        List<Download> all = new ArrayList<>();
        for (Host host : start.hosts().peers()) {
            Path output = start.site().path("curl-" + all.size());
            List<String> command =
                    List.of("curl", "-sf", "-o", output.toString(), start.file().url());
            all.add(new Download(host, command, output, ""));
        }
        return all;
    }
}
