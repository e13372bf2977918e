// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.core.scheduler;

import java.util.Arrays;
import java.util.BitSet;

/// A growing set of range numbers that gives its words away, so that two or three sets can be
/// intersected without an allocation ([BitSet] cannot). Knows its size.
final class RangeSet {
    private long[] words = new long[4];
    private int size;

    static RangeSet of(BitSet bits, int limit) {
        RangeSet set = new RangeSet();
        for (int i = bits.nextSetBit(0); i >= 0 && i < limit; i = bits.nextSetBit(i + 1)) {
            set.add(i);
        }
        return set;
    }

    boolean has(int range) {
        int word = range >> 6;
        return word < words.length && (words[word] & (1L << range)) != 0;
    }

    /// Returns whether the set changed.
    boolean add(int range) {
        int word = range >> 6;
        if (word >= words.length) {
            words = Arrays.copyOf(words, Math.max(word + 1, words.length * 2));
        }
        long bit = 1L << range;
        if ((words[word] & bit) != 0) {
            return false;
        }
        words[word] |= bit;
        size++;
        return true;
    }

    /// Returns whether the set changed.
    boolean remove(int range) {
        int word = range >> 6;
        long bit = 1L << range;
        if (word >= words.length || (words[word] & bit) == 0) {
            return false;
        }
        words[word] &= ~bit;
        size--;
        return true;
    }

    void clear() {
        if (size > 0) {
            Arrays.fill(words, 0);
            size = 0;
        }
    }

    int size() {
        return size;
    }

    boolean isEmpty() {
        return size == 0;
    }

    int wordCount() {
        return words.length;
    }

    long word(int index) {
        return index < words.length ? words[index] : 0;
    }

    /// Replaces 64 ranges at once.
    void word(int index, long word) {
        if (index >= words.length) {
            words = Arrays.copyOf(words, Math.max(index + 1, words.length * 2));
        }
        size += Long.bitCount(word) - Long.bitCount(words[index]);
        words[index] = word;
    }

    boolean intersects(RangeSet other) {
        int n = Math.min(words.length, other.words.length);
        for (int i = 0; i < n; i++) {
            if ((words[i] & other.words[i]) != 0) {
                return true;
            }
        }
        return false;
    }

    /// The first member that is `>= from`, or -1.
    int next(int from) {
        int word = from >> 6;
        if (word >= words.length) {
            return -1;
        }
        long w = words[word] & (-1L << from);
        while (w == 0) {
            if (++word == words.length) {
                return -1;
            }
            w = words[word];
        }
        return (word << 6) + Long.numberOfTrailingZeros(w);
    }

    @Override
    public String toString() {
        return BitSet.valueOf(words).toString();
    }
}
