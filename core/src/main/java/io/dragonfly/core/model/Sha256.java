// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.core.model;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/// One SHA-256 value. Immutable.
public final class Sha256 {
    /// Length of a value in bytes.
    public static final int BYTES = 32;

    private final byte[] bytes;

    private Sha256(byte[] bytes) {
        this.bytes = bytes;
    }

    /// Copies 32 bytes from `source`, starting at `offset`.
    public static Sha256 copyOf(byte[] source, int offset) {
        return new Sha256(Arrays.copyOfRange(source, offset, offset + BYTES));
    }

    public static Sha256 parse(String hex) {
        Hex.require(hex, 2 * BYTES, "SHA-256");
        return new Sha256(HexFormat.of().parseHex(hex));
    }

    /// Hashes what remains in `data` and leaves its position at its limit.
    public static Sha256 of(ByteBuffer data) {
        MessageDigest digest = digest();
        digest.update(data);
        return new Sha256(digest.digest());
    }

    public static Sha256 of(byte[] data) {
        return new Sha256(digest().digest(data));
    }

    /// The digest of a piece: SHA-256 over the concatenated digests of its blocks, in order.
    public static Sha256 ofPiece(List<Sha256> blocks) {
        MessageDigest digest = digest();
        for (Sha256 block : blocks) {
            digest.update(block.bytes);
        }
        return new Sha256(digest.digest());
    }

    public void copyTo(byte[] target, int offset) {
        System.arraycopy(bytes, 0, target, offset, BYTES);
    }

    public String hex() {
        return HexFormat.of().formatHex(bytes);
    }

    private static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Sha256 that && MessageDigest.isEqual(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return hex();
    }
}
