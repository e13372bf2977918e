// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.storage;

import io.dragonfly.core.model.Check;
import io.dragonfly.core.model.VersionId;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Decides which versions to delete: the least recently used first, never one in use. Pure.
///
/// @param lowBytes begin when less than this is free
/// @param highBytes go on until so much is free
/// @param maxVersions at this number of versions, delete an eighth of them, whatever is free
public record Eviction(long lowBytes, long highBytes, int maxVersions) {
    /// A version that might go.
    ///
    /// @param freedBytes what its deletion gives back; 0 where its content is linked as an output
    public record Candidate(VersionId id, long freedBytes, long lastUsedMillis, boolean inUse) {}

    public Eviction {
        Check.argument(
                0 <= lowBytes && lowBytes <= highBytes,
                "watermarks must be 0 <= low <= high: %d, %d",
                lowBytes,
                highBytes);
        Check.argument(maxVersions > 0, "at least one version must be allowed: %d", maxVersions);
    }

    /// The versions to delete, in that order. For want of space, only versions whose deletion gives
    /// some back are chosen.
    public List<VersionId> choose(long freeBytes, List<Candidate> candidates) {
        List<Candidate> unused = new ArrayList<>(candidates);
        unused.removeIf(Candidate::inUse);
        unused.sort(
                Comparator.comparingLong(Candidate::lastUsedMillis)
                        .thenComparing(candidate -> candidate.id().hex()));
        int surplus =
                candidates.size() < maxVersions
                        ? 0
                        : candidates.size() - (maxVersions - (maxVersions + 7) / 8);
        long wanted = freeBytes < lowBytes ? highBytes : freeBytes;
        long free = freeBytes;
        List<VersionId> chosen = new ArrayList<>();
        for (Candidate candidate : unused) {
            boolean makesRoom = free < wanted && candidate.freedBytes() > 0;
            if (makesRoom || chosen.size() < surplus) {
                chosen.add(candidate.id());
                free += candidate.freedBytes();
            }
        }
        return chosen;
    }
}
