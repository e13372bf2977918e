// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.peer;

import org.jspecify.annotations.Nullable;

import java.io.IOException;

/// The verified bytes of a content from its start, up to the first that is not here. Waits for
/// nothing. Used by one thread.
final class VerifiedInput extends BlockInput {
    private final @Nullable Content content;
    private int block;

    /// @param content null for none
    VerifiedInput(@Nullable Content content) {
        this.content = content;
    }

    @Override
    boolean nextBlock() throws IOException {
        Content whole = content;
        if (whole == null
                || (whole.geometry().lengthKnown() && block >= whole.geometry().blocks())
                || !whole.verified(block)) {
            return false;
        }
        load(whole, block, 0);
        block++;
        return true;
    }
}
