// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.core.scheduler;

import org.jspecify.annotations.Nullable;

import java.util.BitSet;

/// Which ranges of a version a peer wants.
///
/// @param only these; null: all that there are and will be. The set must not be changed any more
public record Wish(@Nullable BitSet only) {
    public static final Wish ALL = new Wish(null);
    public static final Wish NONE = new Wish(new BitSet());

    public boolean nothing() {
        return only != null && only.isEmpty();
    }
}
