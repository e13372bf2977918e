// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.sim.engine;

import io.dragonfly.core.model.Check;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.Objects;

/// Virtual time: runs what is due, in order of time and, at the same time, in the order in which it
/// was asked for. Keeps a hash over all that ran: equal seeds must give equal hashes.
///
/// A heap of plain numbers, because there may be a billion events: an entry is a time, and its
/// place in line together with the place of its target.
public final class Timeline {
    /// What waits at once, at most; the bits that a place takes.
    private static final int PLACE_BITS = 24;

    private static final int PLACES = 1 << PLACE_BITS;
    private static final long PRIME = 0x100000001b3L;

    private long[] times = new long[1024];
    private long[] keys = new long[1024];
    private int size;

    private @Nullable Due[] targets = new @Nullable Due[1024];
    private int[] whats = new int[1024];
    private int[] free = new int[1024];
    private int freeCount;
    private int used;

    private long order;
    private long now;
    private long events;
    private long hash = 0xcbf29ce484222325L;

    /// Nanoseconds since the beginning.
    public long now() {
        return now;
    }

    /// How many events ran.
    public long events() {
        return events;
    }

    public long hash() {
        return hash;
    }

    public int waiting() {
        return size;
    }

    /// Mixes something that was decided into the hash.
    public void note(long value) {
        hash = (hash ^ value) * PRIME;
        hash ^= hash >>> 29;
    }

    public void after(long nanos, Due target, int what) {
        at(now + nanos, target, what);
    }

    public void after(long nanos, Runnable action) {
        at(now + nanos, action);
    }

    public void at(long nanos, Runnable action) {
        at(nanos, _ -> action.run(), 0);
    }

    /// @param nanos never before now
    public void at(long nanos, Due target, int what) {
        Check.that(nanos >= now, "%d is before %d", nanos, now);
        int place = freeCount > 0 ? free[--freeCount] : fresh();
        targets[place] = target;
        whats[place] = what;
        if (size == times.length) {
            times = Arrays.copyOf(times, 2 * size);
            keys = Arrays.copyOf(keys, 2 * size);
        }
        up(size++, nanos, order++ << PLACE_BITS | place);
    }

    private int fresh() {
        Check.that(used < PLACES, "more than %d events wait", PLACES);
        if (used == targets.length) {
            targets = Arrays.copyOf(targets, 2 * used);
            whats = Arrays.copyOf(whats, 2 * used);
            free = Arrays.copyOf(free, 2 * used);
        }
        return used++;
    }

    /// Runs the next event; false where there is none.
    public boolean step() {
        if (size == 0) {
            return false;
        }
        now = times[0];
        long key = keys[0];
        size--;
        if (size > 0) {
            down(times[size], keys[size]);
        }
        int place = (int) (key & (PLACES - 1));
        Due target = Objects.requireNonNull(targets[place]);
        int what = whats[place];
        targets[place] = null;
        free[freeCount++] = place;
        events++;
        hash = (hash ^ now ^ (key >>> PLACE_BITS) << 20) * PRIME + what;
        target.due(what);
        return true;
    }

    private static boolean before(long time, long key, long otherTime, long otherKey) {
        return time < otherTime || (time == otherTime && key < otherKey);
    }

    private void up(int from, long time, long key) {
        int at = from;
        while (at > 0) {
            int parent = (at - 1) >> 2;
            if (!before(time, key, times[parent], keys[parent])) {
                break;
            }
            times[at] = times[parent];
            keys[at] = keys[parent];
            at = parent;
        }
        times[at] = time;
        keys[at] = key;
    }

    private void down(long time, long key) {
        int at = 0;
        while (true) {
            int first = (at << 2) + 1;
            if (first >= size) {
                break;
            }
            int least = first;
            int end = Math.min(first + 4, size);
            for (int c = first + 1; c < end; c++) {
                if (before(times[c], keys[c], times[least], keys[least])) {
                    least = c;
                }
            }
            if (!before(times[least], keys[least], time, key)) {
                break;
            }
            times[at] = times[least];
            keys[at] = keys[least];
            at = least;
        }
        times[at] = time;
        keys[at] = key;
    }
}
