// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.origin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dragonfly.core.model.Validators;

import org.junit.jupiter.api.Test;

import java.io.InputStream;

/// When an answer counts as too slow, in virtual time.
final class ReadStreamTest {
    private static final long SECOND = 1_000_000_000L;

    private final byte[] buffer = new byte[1 << 16];
    private long now;

    /// What the next read costs and brings.
    private long nanos;

    private int bytes;

    private final ReadStream stream =
            new ReadStream(new Answer(), ReaderSettings.DEFAULT, () -> now, "http://origin/f");

    private void read(long seconds, int count) throws OriginException {
        nanos = seconds * SECOND;
        bytes = count;
        stream.read(buffer, 0, buffer.length);
    }

    @Test
    void anOriginThatStandsStillForAMinuteIsNotTooSlow() throws OriginException {
        read(0, 1000);
        read(60, 1);
        read(100, 1);

        assertThat(stream.position()).isEqualTo(1002);
    }

    @Test
    void anOriginThatDripsIsTooSlowHoweverLongItsPauses() throws OriginException {
        for (int seconds : new int[] {1, 7, 50}) {
            assertThatThrownBy(
                            () -> {
                                for (int i = 0; i < 31; i++) {
                                    read(seconds, 1);
                                }
                            })
                    .as("%d s", seconds)
                    .isInstanceOf(OriginException.class)
                    .hasMessageContaining("too slow");
        }
    }

    @Test
    void aSlowOriginThatGoesOnIsEndured() throws OriginException {
        for (int i = 0; i < 300; i++) {
            read(1, 1024);
        }
        assertThat(stream.position()).isEqualTo(300 * 1024);
    }

    private final class Answer implements OriginResponse {
        @Override
        public boolean notModified() {
            return false;
        }

        @Override
        public long firstByte() {
            return 0;
        }

        @Override
        public long bodyLength() {
            return -1;
        }

        @Override
        public long contentLength() {
            return -1;
        }

        @Override
        public boolean acceptsRanges() {
            return true;
        }

        @Override
        public Validators validators() {
            return Validators.NONE;
        }

        @Override
        public String contentType() {
            return "";
        }

        @Override
        public Freshness freshness() {
            return Freshness.ASK_AGAIN;
        }

        @Override
        public InputStream body() {
            return new InputStream() {
                @Override
                public int read() {
                    throw new UnsupportedOperationException();
                }

                @Override
                public int read(byte[] target, int offset, int length) {
                    now += nanos;
                    return bytes;
                }
            };
        }

        @Override
        public void close() {}
    }
}
