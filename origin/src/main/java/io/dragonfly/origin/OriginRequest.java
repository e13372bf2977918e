// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.origin;

import io.dragonfly.core.model.Check;
import io.dragonfly.core.model.TaskSpec;
import io.dragonfly.core.model.Validators;

import org.jspecify.annotations.Nullable;

/// One request to an origin.
///
/// @param spec URL, headers and trust
/// @param firstByte first byte wanted; 0 with `endByte` -1 asks for everything without a Range
///   header
/// @param endByte one past the last byte wanted, -1 for up to the end
/// @param ifRange with a range: the validators the bytes must belong to (strong), else null
/// @param ifChanged answer [OriginResponse#notModified] if these validators still hold, else null
/// @param cancellation ends the waiting for the answer, and the answer
public record OriginRequest(
        TaskSpec spec,
        long firstByte,
        long endByte,
        @Nullable Validators ifRange,
        @Nullable Validators ifChanged,
        Cancellation cancellation) {
    public OriginRequest {
        Check.argument(firstByte >= 0, "first byte: %d", firstByte);
        Check.argument(endByte == -1 || endByte > firstByte, "end %d of %d", endByte, firstByte);
    }

    public OriginRequest(
            TaskSpec spec,
            long firstByte,
            long endByte,
            @Nullable Validators ifRange,
            @Nullable Validators ifChanged) {
        this(spec, firstByte, endByte, ifRange, ifChanged, new Cancellation());
    }

    public static OriginRequest whole(TaskSpec spec) {
        return new OriginRequest(spec, 0, -1, null, null);
    }

    /// Whether a part is asked for.
    public boolean ranged() {
        return firstByte > 0 || endByte >= 0;
    }
}
