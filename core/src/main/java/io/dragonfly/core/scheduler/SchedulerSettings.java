// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.core.scheduler;

import io.dragonfly.core.model.Check;

/// What an operator or a test may turn. Start from [#DEFAULTS] and change with the `with` methods.
///
/// @param downloadSlots ranges in flight to a peer that said nothing about its rates
/// @param uploadSlots ranges in flight from a peer that said nothing about its rates
/// @param maxSlots no peer gets more slots than this, whatever it says
/// @param seedSlots ranges in flight from the seed at first, crossings into IDCs not counted
/// @param maxSeedSlots the seed's slots follow observed rates up to this
/// @param seedBudget how often the seed may send the content's bytes per security domain while
///   peers have them; what no peer has it always sends. Crossings into IDCs are not counted
/// @param crossings ranges in flight into an IDC at first, over all versions
/// @param maxCrossings where crossings are quick there may be up to so many
/// @param streamWindow ranges from the reader's next one on that one slot is kept for
/// @param candidates how many parents or children a decision looks at
/// @param seedPlacement where the seed stands: into its own IDC nothing crosses
/// @param maxPeers more peers than this are not taken in
/// @param maxSwarms more versions than this are not taken in
/// @param maxSwarmsPerPeer a peer may be a member of so many swarms at once
public record SchedulerSettings(
        int downloadSlots,
        int uploadSlots,
        int maxSlots,
        int seedSlots,
        int maxSeedSlots,
        double seedBudget,
        int crossings,
        int maxCrossings,
        int streamWindow,
        int candidates,
        Placement seedPlacement,
        int maxPeers,
        int maxSwarms,
        int maxSwarmsPerPeer) {
    public static final SchedulerSettings DEFAULTS =
            new SchedulerSettings(
                    4, 4, 16, 10, 256, 1.5, 2, 16, 4, 32, Placement.NOWHERE, 200_000, 20_000, 1024);

    public SchedulerSettings {
        Check.argument(
                downloadSlots >= 1 && downloadSlots <= maxSlots,
                "download slots must be 1..%d: %d",
                maxSlots,
                downloadSlots);
        Check.argument(
                uploadSlots >= 1 && uploadSlots <= maxSlots,
                "upload slots must be 1..%d: %d",
                maxSlots,
                uploadSlots);
        Check.argument(
                seedSlots >= 1 && seedSlots <= maxSeedSlots,
                "seed slots must be 1..%d: %d",
                maxSeedSlots,
                seedSlots);
        Check.argument(seedBudget >= 1, "the seed's budget must be >= 1: %s", seedBudget);
        Check.argument(
                crossings >= 1 && crossings <= maxCrossings,
                "crossings must be 1..%d: %d",
                maxCrossings,
                crossings);
        Check.argument(streamWindow >= 0, "stream window must be >= 0: %d", streamWindow);
        Check.argument(candidates >= 1, "candidates must be >= 1: %d", candidates);
        Check.argument(
                maxPeers >= 1 && maxSwarms >= 1 && maxSwarmsPerPeer >= 1,
                "the limits on peers and swarms must be >= 1");
    }

    /// The same with other slots for peers that said nothing and for the seed at first.
    public SchedulerSettings withSlots(int download, int upload, int seed) {
        return new SchedulerSettings(
                download,
                upload,
                maxSlots,
                seed,
                Math.max(seed, maxSeedSlots),
                seedBudget,
                crossings,
                maxCrossings,
                streamWindow,
                candidates,
                seedPlacement,
                maxPeers,
                maxSwarms,
                maxSwarmsPerPeer);
    }

    /// The same with the seed somewhere else.
    public SchedulerSettings withSeedPlacement(Placement placement) {
        return new SchedulerSettings(
                downloadSlots,
                uploadSlots,
                maxSlots,
                seedSlots,
                maxSeedSlots,
                seedBudget,
                crossings,
                maxCrossings,
                streamWindow,
                candidates,
                placement,
                maxPeers,
                maxSwarms,
                maxSwarmsPerPeer);
    }

    /// The same with other limits.
    public SchedulerSettings withLimits(int peers, int swarms, int swarmsPerPeer) {
        return new SchedulerSettings(
                downloadSlots,
                uploadSlots,
                maxSlots,
                seedSlots,
                maxSeedSlots,
                seedBudget,
                crossings,
                maxCrossings,
                streamWindow,
                candidates,
                seedPlacement,
                peers,
                swarms,
                swarmsPerPeer);
    }
}
