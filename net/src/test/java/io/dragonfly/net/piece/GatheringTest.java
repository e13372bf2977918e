// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.net.piece;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.concurrent.TimeUnit;

final class GatheringTest {
    private static final int PACKET = 1448;
    private static final int BLOCK = 256 << 10;

    /// A sender that is never further ahead of the reader than a window, on a link of some rate;
    /// its reader takes what is there, block after block.
    private static final class Reader {
        final double bytesPerNano;
        final int window;
        final Gathering gathering = new Gathering();
        long now;
        double sendable;
        long arrived;
        long taken;
        int reads;
        long longest;

        Reader(double mbit, int window) {
            this.bytesPerNano = mbit / 8e3;
            this.window = window;
        }

        void read(long bytes) {
            while (taken < bytes) {
                int missing = (int) (BLOCK - taken % BLOCK);
                long wait = gathering.waitNanos(missing);
                longest = Math.max(longest, wait);
                pass(wait);
                while (arrived == taken) {
                    pass(Math.max(1, (long) ((PACKET - sendable) / bytesPerNano) + 1));
                }
                int count = (int) Math.min(missing, arrived - taken);
                taken += count;
                reads++;
                gathering.read(count, now);
            }
        }

        private void pass(long nanos) {
            now += nanos;
            sendable += nanos * bytesPerNano;
            long packets = (long) Math.min(sendable, (double) (taken + window - arrived)) / PACKET;
            arrived += packets * PACKET;
            // What the window kept from being sent is lost, what is part of a packet is not.
            sendable = Math.min(sendable - packets * PACKET, PACKET);
        }

        double mbit() {
            return taken * 8e3 / now;
        }
    }

    @Test
    void aSlowConnectionIsReadSeldomAndLosesNothing() {
        Reader reader = new Reader(12.5, 64 << 10);
        reader.read(20 << 20);
        assertThat(reader.reads).isLessThan((20 << 20) / (8 << 10));
        assertThat(reader.mbit()).isGreaterThan(12.4);
        assertThat(reader.longest).isBetween(1L, Gathering.LONGEST_NANOS);
    }

    @Test
    void whatDripsWaitsTenMillisecondsAtMost() {
        Reader reader = new Reader(0.1, 64 << 10);
        reader.read(1 << 20);
        assertThat(reader.longest).isEqualTo(Gathering.LONGEST_NANOS);
    }

    @Test
    void aQuickConnectionIsNotHeldUpByItsWindow() {
        for (double mbit : new double[] {100, 1000, 10_000}) {
            Reader reader = new Reader(mbit, 64 << 10);
            reader.read(100 << 20);
            assertThat(reader.mbit()).describedAs("at %s Mbit/s", mbit).isGreaterThan(mbit * 0.99);
        }
    }

    @Test
    void aConnectionThatBecomesQuickIsReadAtOnceAgain() {
        Gathering gathering = new Gathering();
        gathering.read(PACKET, 0);
        gathering.read(PACKET, TimeUnit.MILLISECONDS.toNanos(1));
        assertThat(gathering.waitNanos(BLOCK)).isPositive();
        gathering.read(64 << 10, TimeUnit.MILLISECONDS.toNanos(2));
        assertThat(gathering.waitNanos(BLOCK)).isZero();
    }

    @Test
    void theEndOfABlockIsNotWaitedForLongerThanItTakes() {
        Gathering gathering = new Gathering();
        gathering.read(PACKET, 0);
        gathering.read(PACKET, TimeUnit.MILLISECONDS.toNanos(2));
        assertThat(gathering.waitNanos(PACKET)).isEqualTo(TimeUnit.MILLISECONDS.toNanos(2));
    }

    @Test
    void aPauseSaysNothingAboutTheRate() {
        Gathering gathering = new Gathering();
        gathering.read(PACKET, 0);
        gathering.paused();
        gathering.read(PACKET, TimeUnit.SECONDS.toNanos(2));
        assertThat(gathering.waitNanos(BLOCK)).isZero();
    }
}
