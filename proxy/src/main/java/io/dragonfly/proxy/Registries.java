// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.proxy;

import io.dragonfly.net.http.ProblemException;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The registries by name: those that the operator configured, and any other that may be reached.
/// Immutable.
final class Registries {
    private final Map<String, Registry> byName = new HashMap<>();
    private final Registry usual;
    private final Upstreams upstreams;

    Registries(List<Registry> configured, String usual, Upstreams upstreams) {
        for (Registry registry : configured) {
            byName.put(registry.name(), registry);
        }
        this.upstreams = upstreams;
        String name = Registry.name(usual);
        Registry known = byName.get(name);
        // The default is named by the operator, or by us.
        this.usual =
                known != null
                        ? known
                        : new Registry(
                                name, Registry.unnamed(name).remote(), false, "", false, true);
    }

    boolean isConfigured(String name) {
        return byName.containsKey(name);
    }

    /// For requests that do not say which registry they are for.
    Registry usual() {
        return usual;
    }

    /// @param name as a client gave it
    /// @throws ProblemException 400 where it is no name, 403 where it may not be reached
    Registry named(String name) throws ProblemException {
        String normal;
        try {
            normal = Registry.name(name);
        } catch (IllegalArgumentException e) {
            throw new ProblemException(400, "usage", String.valueOf(e.getMessage()));
        }
        if (normal.equals(usual.name())) {
            return usual;
        }
        Registry known = byName.get(normal);
        if (known != null) {
            return known;
        }
        Registry other;
        try {
            other = Registry.unnamed(normal);
        } catch (IllegalArgumentException e) {
            throw new ProblemException(400, "usage", String.valueOf(e.getMessage()));
        }
        upstreams.require(other.server());
        return other;
    }
}
