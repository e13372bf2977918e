// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.core.download;

import io.dragonfly.core.model.PeerId;

import org.jspecify.annotations.Nullable;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The fetches that run, in the order they started. Owned by [DownloadState].
final class Flows {
    private final Map<Integer, Flow> byId = new LinkedHashMap<>();

    void add(Flow flow) {
        byId.put(flow.id, flow);
    }

    @Nullable Flow get(int id) {
        return byId.get(id);
    }

    @Nullable Flow remove(int id) {
        return byId.remove(id);
    }

    int size() {
        return byId.size();
    }

    /// Snapshot: flows may be removed while it is gone through.
    List<Flow> all() {
        return List.copyOf(byId.values());
    }

    List<Flow> of(int range) {
        return byId.values().stream().filter(flow -> flow.range == range).toList();
    }

    /// Whether `parent` is being asked for something of the range, and not about to stop.
    boolean runs(int range, PeerId parent) {
        for (Flow flow : byId.values()) {
            if (flow.range == range && !flow.stopping && flow.parent.equals(parent)) {
                return true;
            }
        }
        return false;
    }

    /// Whether a flow is about to bring the block.
    boolean bring(int block) {
        for (Flow flow : byId.values()) {
            if (block >= flow.nextBlock && block < flow.endBlock) {
                return true;
            }
        }
        return false;
    }
}
