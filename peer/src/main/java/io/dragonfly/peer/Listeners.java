// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.peer;

import java.util.ArrayList;
import java.util.List;

/// The downloads of this host that follow one version: several, where the same content was asked
/// for in different ways. Owned by the session's lock.
final class Listeners implements SessionListener {
    private final List<SessionListener> all = new ArrayList<>();

    boolean isEmpty() {
        return all.isEmpty();
    }

    @SuppressWarnings("ReferenceEquality") // the very same download
    void add(SessionListener listener) {
        all.removeIf(l -> l == listener);
        all.add(listener);
    }

    /// @return whether nobody is left
    @SuppressWarnings("ReferenceEquality")
    boolean remove(SessionListener listener) {
        all.removeIf(l -> l == listener);
        return all.isEmpty();
    }

    @Override
    public void verified(int bytes, StatusBoard.Source source, String parent) {
        all.forEach(l -> l.verified(bytes, source, parent));
    }

    @Override
    public void changed() {
        all.forEach(SessionListener::changed);
    }
}
