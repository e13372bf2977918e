// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.peer;

import io.dragonfly.core.limits.ByteRate;
import io.dragonfly.core.limits.TrafficClass;
import io.dragonfly.net.piece.LimitedThrottle;
import io.dragonfly.net.piece.Parker;
import io.dragonfly.net.piece.SharedLimit;
import io.dragonfly.net.piece.Throttle;

import java.util.function.LongSupplier;

/// The [PeerLimits] at work. Thread-safe.
final class HostLimits {
    private final SharedLimit upload;
    private final SharedLimit download;

    /// Beside the others, with their classes: what waits for the disk is not less urgent there.
    private final SharedLimit disk;

    HostLimits(PeerLimits limits, LongSupplier nanoTime) {
        upload = new SharedLimit(limits.upload(), nanoTime, Parker.THREADS);
        download = new SharedLimit(limits.download(), nanoTime, Parker.THREADS);
        disk = new SharedLimit(limits.disk(), nanoTime, Parker.THREADS);
        change(limits);
    }

    /// From now on, for those who wait already, too.
    void change(PeerLimits limits) {
        upload.hostRate(limits.upload());
        download.hostRate(limits.download());
        download.classRate(TrafficClass.PREHEAT, limits.preheat());
        download.classRate(TrafficClass.BACKGROUND, limits.background());
        disk.hostRate(limits.disk());
    }

    /// Of everything that other peers fetch here: nobody says how urgent it is for them.
    Throttle uploads() {
        return upload.throttle(TrafficClass.FOREGROUND, ByteRate.UNLIMITED);
    }

    /// Of what is copied inside the store.
    Throttle copies() {
        return disk.throttle(TrafficClass.FOREGROUND, ByteRate.UNLIMITED);
    }

    /// One download: bytes are held back before they are read from the network, so that no more
    /// come than the store may take.
    ///
    /// @param bytesPerSecond of this download, 0 for no limit
    ForTask task(TrafficClass traffic, long bytesPerSecond) {
        return new ForTask(
                download.throttle(traffic, new ByteRate(bytesPerSecond)),
                disk.throttle(traffic, ByteRate.UNLIMITED));
    }

    /// The limits of one download. Thread-safe.
    record ForTask(LimitedThrottle network, LimitedThrottle disk) implements Throttle {
        @Override
        public long acquire(int bytes) {
            return network.acquire(bytes) + disk.acquire(bytes);
        }

        void change(TrafficClass traffic, long bytesPerSecond) {
            network.traffic(traffic);
            network.rate(new ByteRate(bytesPerSecond));
            disk.traffic(traffic);
        }
    }
}
