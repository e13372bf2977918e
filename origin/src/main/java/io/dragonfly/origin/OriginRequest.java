// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.origin;

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
public record OriginRequest(
        TaskSpec spec,
        long firstByte,
        long endByte,
        @Nullable Validators ifRange,
        @Nullable Validators ifChanged) {
    public static OriginRequest whole(TaskSpec spec) {
        return new OriginRequest(spec, 0, -1, null, null);
    }
}
