// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.sim.network;

/// A link through which bytes go one after the other, as they come.
public final class Line {
    private final double bytesPerNano;
    private double freeAt;
    private long bytes;

    /// @param mbit rate, Mbit/s
    public Line(double mbit) {
        bytesPerNano = mbit / 8000;
    }

    /// Bytes that went in so far.
    public long bytes() {
        return bytes;
    }

    /// Passes on what arrives between two times: cut-through, so the last byte leaves when the line
    /// has carried what came before, and never before it arrived.
    ///
    /// @return when the last byte is through
    long through(long since, long now, int count) {
        bytes += count;
        freeAt = Math.max(freeAt, (double) since) + count / bytesPerNano;
        return Math.max(now, Math.round(freeAt));
    }

    /// Passes on what is there now.
    ///
    /// @return when the last byte is through
    public long pass(long now, int count) {
        return through(now, now, count);
    }

    /// Other bytes took their part of it.
    public void taken(long now, int count) {
        freeAt = Math.max(freeAt, (double) now) + count / bytesPerNano;
    }

    /// Bytes that stood in line were given up.
    void forget(long now, long count) {
        freeAt = Math.max((double) now, freeAt - count / bytesPerNano);
    }
}
