// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.core.model;

/// How a version's bytes are cut: *pieces* are what is digested as a whole and reported, *ranges*
/// are what is assigned to a peer at once, *blocks* are what is verified, forwarded and released.
///
/// Blocks, ranges and pieces are numbered from 0 over the whole version. A range is a fixed number
/// of blocks inside one piece (only the last range of a piece may have fewer). While the length is
/// unknown every block counts as full and counts of blocks, ranges and pieces are not known.
///
/// @param length bytes of the content in its wire form, or [#UNKNOWN]
/// @param pieceSize bytes of a piece, a multiple of `blockSize`
/// @param blockSize bytes of a block
/// @param rangeBlocks blocks in a range
public record Geometry(long length, int pieceSize, int blockSize, int rangeBlocks) {
    /// The length of a content whose end has not been seen yet.
    public static final long UNKNOWN = -1;

    public static final int MIB = 1 << 20;

    /// The block size of new versions, bytes.
    public static final int BLOCK_SIZE = 256 << 10;

    /// Ranges are about 1 MiB while there are at most so many of them, else whole pieces.
    private static final long MAX_SMALL_RANGES = 4096;

    private static final int SMALL_RANGE_BLOCKS = 4;

    public Geometry {
        Check.argument(length >= UNKNOWN, "length must be >= 0 or unknown: %d", length);
        Check.argument(
                blockSize >= 1024 && blockSize <= 4 * MIB,
                "block size out of range: %d",
                blockSize);
        Check.argument(
                pieceSize >= blockSize && pieceSize <= 64 * MIB && pieceSize % blockSize == 0,
                "piece size must be a multiple of the block size, at most 64 MiB: %d",
                pieceSize);
        Check.argument(
                rangeBlocks >= 1 && rangeBlocks <= pieceSize / blockSize,
                "a range must have 1 block up to a piece: %d",
                rangeBlocks);
        Check.argument(
                length == UNKNOWN || length / blockSize < Integer.MAX_VALUE - 1,
                "too long for this block size: %d",
                length);
    }

    /// The geometry of a new version: pieces of 4 MiB where the length is unknown or at most 200
    /// MiB, else `min(15, floor(length / 100 MiB) + 2)` MiB, as the seeds cut them.
    public static Geometry of(long length) {
        long pieceMib = length <= 200L * MIB ? 4 : Math.min(15, length / (100L * MIB) + 2);
        int pieceSize = Math.toIntExact(pieceMib * MIB);
        boolean small = length <= MAX_SMALL_RANGES * SMALL_RANGE_BLOCKS * BLOCK_SIZE;
        return new Geometry(
                length, pieceSize, BLOCK_SIZE, small ? SMALL_RANGE_BLOCKS : pieceSize / BLOCK_SIZE);
    }

    public boolean lengthKnown() {
        return length != UNKNOWN;
    }

    public Geometry withLength(long newLength) {
        return new Geometry(newLength, pieceSize, blockSize, rangeBlocks);
    }

    public int blocksPerPiece() {
        return pieceSize / blockSize;
    }

    public int rangesPerPiece() {
        return (blocksPerPiece() + rangeBlocks - 1) / rangeBlocks;
    }

    /// Number of blocks; an empty content has none.
    public int blocks() {
        return Math.toIntExact((knownLength() + blockSize - 1) / blockSize);
    }

    public int pieces() {
        return Math.toIntExact((knownLength() + pieceSize - 1) / pieceSize);
    }

    public int ranges() {
        return length == 0 ? 0 : rangeOfBlock(blocks() - 1) + 1;
    }

    public int pieceOfBlock(int block) {
        return block / blocksPerPiece();
    }

    public int pieceOfRange(int range) {
        return range / rangesPerPiece();
    }

    public int rangeOfBlock(int block) {
        return pieceOfBlock(block) * rangesPerPiece() + (block % blocksPerPiece()) / rangeBlocks;
    }

    public int firstBlockOfPiece(int piece) {
        return Math.multiplyExact(piece, blocksPerPiece());
    }

    /// One past the last block of `piece`; clipped at the end of the content where it is known.
    public int endBlockOfPiece(int piece) {
        return clip(firstBlockOfPiece(piece) + blocksPerPiece());
    }

    public int firstBlockOfRange(int range) {
        return firstBlockOfPiece(pieceOfRange(range)) + (range % rangesPerPiece()) * rangeBlocks;
    }

    /// One past the last block of `range`; clipped at the end of piece and content.
    public int endBlockOfRange(int range) {
        int pieceEnd = firstBlockOfPiece(pieceOfRange(range)) + blocksPerPiece();
        return clip(Math.min(firstBlockOfRange(range) + rangeBlocks, pieceEnd));
    }

    public long blockOffset(int block) {
        return (long) block * blockSize;
    }

    /// Bytes of `block`: `blockSize` except for the last block of a known length.
    public int blockLength(int block) {
        if (!lengthKnown()) {
            return blockSize;
        }
        Check.argument(block >= 0 && block < blocks(), "no such block: %d", block);
        return (int) Math.min(blockSize, length - blockOffset(block));
    }

    private int clip(int endBlock) {
        return lengthKnown() ? Math.min(endBlock, blocks()) : endBlock;
    }

    private long knownLength() {
        Check.that(lengthKnown(), "the length is not known yet");
        return length;
    }
}
