// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.storage;

import io.dragonfly.core.model.Version;

import java.util.Map;

/// What a [HeldVersion] starts with: nothing for a new version, what the journal said for another.
///
/// @param table becomes the new owner's: do not use it afterwards
record VersionState(
        Version version, BlockTable table, Map<String, String> notes, long lastUsedMillis) {
    static VersionState fresh(Version version, long nowMillis) {
        return new VersionState(version, new BlockTable(), Map.of(), nowMillis);
    }
}
