// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.supernode;

import io.dragonfly.core.limits.ByteRate;
import io.dragonfly.core.limits.TrafficClass;
import io.dragonfly.net.piece.LimitedThrottle;
import io.dragonfly.net.piece.Parker;
import io.dragonfly.net.piece.SharedLimit;
import io.dragonfly.net.piece.Throttle;

import java.io.Closeable;
import java.net.URI;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/// The [SupernodeLimits] at work. Thread-safe.
final class SeedLimits {
    private final SharedLimit upload;
    private final SharedLimit download;
    private final SharedLimit disk;
    private final Throttle uploads;
    private final Throttle writes;
    private final ReentrantLock lock = new ReentrantLock();

    /// Those that are being read.
    private final Map<String, Origin> origins = new HashMap<>();

    private ByteRate perOrigin;

    /// What all readings of one origin share; guarded by the lock.
    private static final class Origin {
        private final LimitedThrottle throttle;
        private int readings;

        private Origin(LimitedThrottle throttle) {
            this.throttle = throttle;
        }
    }

    SeedLimits(SupernodeLimits limits, LongSupplier nanoTime, Parker parker) {
        upload = new SharedLimit(limits.upload(), nanoTime, parker);
        download = new SharedLimit(limits.download(), nanoTime, parker);
        disk = new SharedLimit(limits.disk(), nanoTime, parker);
        uploads = upload.throttle(TrafficClass.FOREGROUND, ByteRate.UNLIMITED);
        writes = disk.throttle(TrafficClass.FOREGROUND, ByteRate.UNLIMITED);
        perOrigin = limits.origin();
    }

    /// From now on, for those who wait already, too.
    void change(SupernodeLimits limits) {
        upload.hostRate(limits.upload());
        download.hostRate(limits.download());
        disk.hostRate(limits.disk());
        lock.lock();
        try {
            perOrigin = limits.origin();
            origins.values().forEach(origin -> origin.throttle.rate(perOrigin));
        } finally {
            lock.unlock();
        }
    }

    /// Of everything that is sent to peers.
    Throttle uploads() {
        return uploads;
    }

    /// One reading of an origin. Closed when it is over.
    final class Reading implements Throttle, Closeable {
        private final String key;
        private final Throttle origin;

        private Reading(String key, Throttle origin) {
            this.key = key;
            this.origin = origin;
        }

        @Override
        public long acquire(int bytes) {
            return origin.acquire(bytes) + writes.acquire(bytes);
        }

        @Override
        public void close() {
            over(key);
        }
    }

    /// A reading of `url` begins.
    Reading reading(URI url) {
        String key = (url.getScheme() + "://" + url.getRawAuthority()).toLowerCase(Locale.ROOT);
        lock.lock();
        try {
            Origin origin = origins.get(key);
            if (origin == null) {
                origin = new Origin(download.throttle(TrafficClass.FOREGROUND, perOrigin));
                origins.put(key, origin);
            }
            origin.readings++;
            return new Reading(key, origin.throttle);
        } finally {
            lock.unlock();
        }
    }

    private void over(String key) {
        lock.lock();
        try {
            Origin origin = origins.get(key);
            if (origin != null && --origin.readings == 0) {
                origins.remove(key);
            }
        } finally {
            lock.unlock();
        }
    }
}
