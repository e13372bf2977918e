// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.core.scheduler;

import io.dragonfly.core.model.Check;

import java.util.Arrays;

/// Counts per range like [Counts], for whole sets at once: 64 ranges are added in a few steps. The
/// numbers lie across words, so that reading one costs more. Members come into pools and leave them
/// with all that they have several times for each range that they fetch.
final class Tally {
    /// Bit k of the numbers of 64 ranges is word k of their row; a row has as many words as its
    /// largest number ever needed bits.
    private long[][] rows = {};

    private final RangeSet some = new RangeSet();

    void add(int range) {
        add(range >> 6, 1L << range);
    }

    void remove(int range) {
        remove(range >> 6, 1L << range);
    }

    void addAll(RangeSet ranges) {
        for (int i = 0; i < ranges.wordCount(); i++) {
            add(i, ranges.word(i));
        }
    }

    void removeAll(RangeSet ranges) {
        for (int i = 0; i < ranges.wordCount(); i++) {
            remove(i, ranges.word(i));
        }
    }

    private void add(int index, long word) {
        if (word == 0) {
            return;
        }
        if (index >= rows.length) {
            int before = rows.length;
            rows = Arrays.copyOf(rows, Math.max(index + 1, 2 * before));
            Arrays.fill(rows, before, rows.length, new long[0]);
        }
        long[] row = rows[index];
        long carry = word;
        for (int bit = 0; carry != 0; bit++) {
            if (bit == row.length) {
                row = Arrays.copyOf(row, bit + 1);
                rows[index] = row;
            }
            long old = row[bit];
            row[bit] = old ^ carry;
            carry &= old;
        }
        some.word(index, some.word(index) | word);
    }

    private void remove(int index, long word) {
        if (word == 0) {
            return;
        }
        Check.that((some.word(index) & word) == word, "nothing is counted in word %d", index);
        long[] row = rows[index];
        long borrow = word;
        for (int bit = 0; borrow != 0; bit++) {
            long old = row[bit];
            row[bit] = old ^ borrow;
            borrow &= ~old;
        }
        long left = 0;
        for (long bits : row) {
            left |= bits;
        }
        some.word(index, left);
    }

    int get(int range) {
        int index = range >> 6;
        int count = 0;
        for (int bit = 0; index < rows.length && bit < rows[index].length; bit++) {
            count |= (int) (rows[index][bit] >>> range & 1) << bit;
        }
        return count;
    }

    /// The ranges that are counted at least once.
    RangeSet some() {
        return some;
    }
}
