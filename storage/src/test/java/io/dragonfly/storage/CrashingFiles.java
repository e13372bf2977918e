// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.storage;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;

/// Files in memory that know what was synced. The process can die at any operation (that one is
/// done in part) and the power can be cut: then of what was not synced any part is lost, in any
/// order, by sectors; file lengths, names and times are lost apart from it.
///
/// It is harsher than disks are: pieces of one sector are lost apart, never-written sectors may
/// hold garbage, a directory entry may be lost although its file was synced.
final class CrashingFiles implements FileLayer {
    private static final int SECTOR = 512;

    private sealed interface Change {}

    private static final class Put implements Change {
        private final int position;
        private final byte[] bytes;

        Put(int position, byte[] bytes) {
            this.position = position;
            this.bytes = bytes;
        }
    }

    private record Resize(int size) implements Change {}

    private static final class Node {
        private final long inode;
        private byte[] bytes = new byte[0];
        private byte[] durable = new byte[0];
        private final List<Change> pending = new ArrayList<>();
        private long modified;
        private long durableModified;

        /// A sync failed: nothing becomes durable any more.
        private boolean lossy;

        Node(long inode) {
            this.inode = inode;
        }
    }

    private final Random random;
    private final TreeMap<Path, Node> names = new TreeMap<>();
    private final TreeMap<Path, Node> durableNames = new TreeMap<>();
    private long clock = 1;
    private long inodes = 1;
    private int boot = 1;
    private long operationsLeft = Long.MAX_VALUE;
    private boolean dead;
    private int generation;
    private long usableBytes = 1L << 40;
    private boolean reserves = true;
    private boolean syncsFail;

    CrashingFiles(Random random) {
        this.random = random;
    }

    /// From now on space cannot be reserved, and so much is free.
    synchronized void cannotReserve(long usable) {
        reserves = false;
        usableBytes = usable;
    }

    /// From now on each sync fails and what was to be synced is lost at the next power cut, whatever
    /// later syncs say: so do disks that report a lost write once.
    synchronized void failSyncs(boolean fail) {
        syncsFail = fail;
    }

    /// The process dies at the operation that many changes from now.
    synchronized void dieAfter(long operations) {
        operationsLeft = operations;
    }

    synchronized boolean dead() {
        return dead;
    }

    /// The process is gone, the system goes on: all that was written is still there.
    synchronized void killProcess() {
        generation++;
        dead = false;
        operationsLeft = Long.MAX_VALUE;
    }

    synchronized void cutPower() {
        killProcess();
        boot++;
        double kept = random.nextInt(5) / 4.0;
        TreeSet<Path> all = new TreeSet<>(names.keySet());
        all.addAll(durableNames.keySet());
        for (Path path : all) {
            Node now = names.get(path);
            Node before = durableNames.get(path);
            Node survivor = random.nextDouble() < kept ? now : before;
            names.remove(path);
            if (survivor != null) {
                names.put(path, survivor);
            }
        }
        durableNames.clear();
        durableNames.putAll(names);
        names.values().forEach(node -> loseUnsynced(node, kept));
    }

    private void loseUnsynced(Node node, double kept) {
        List<Change> parts = new ArrayList<>();
        for (Change change : node.pending) {
            switch (change) {
                case Resize resize -> parts.add(resize);
                case Put put -> parts.addAll(sectors(put));
            }
        }
        if (random.nextBoolean()) {
            Collections.shuffle(parts, random);
        }
        byte[] survived = node.durable;
        for (Change part : parts) {
            if (random.nextDouble() < kept) {
                survived = applied(survived, part, random.nextInt(5) == 0);
            }
        }
        node.bytes = survived;
        node.durable = survived.clone();
        node.pending.clear();
        node.modified = random.nextDouble() < kept ? node.modified : node.durableModified;
        node.durableModified = node.modified;
    }

    private static List<Put> sectors(Put put) {
        List<Put> sectors = new ArrayList<>();
        int from = 0;
        while (from < put.bytes.length) {
            int room = SECTOR - (put.position + from) % SECTOR;
            int to = Math.min(put.bytes.length, from + room);
            sectors.add(new Put(put.position + from, Arrays.copyOfRange(put.bytes, from, to)));
            from = to;
        }
        return sectors;
    }

    /// @param garbage what comes to lie between the old end and the new part is not zero
    private byte[] applied(byte[] bytes, Change change, boolean garbage) {
        return switch (change) {
            case Resize(int size) -> resized(bytes, size, garbage);
            case Put put -> {
                int end = Math.max(bytes.length, put.position + put.bytes.length);
                byte[] next = resized(bytes, end, garbage);
                System.arraycopy(put.bytes, 0, next, put.position, put.bytes.length);
                yield next;
            }
        };
    }

    private byte[] resized(byte[] bytes, int size, boolean garbage) {
        byte[] next = Arrays.copyOf(bytes, size);
        if (garbage) {
            for (int i = bytes.length; i < size; i++) {
                next[i] = (byte) random.nextInt();
            }
        }
        return next;
    }

    /// Counts an operation that changes something.
    private void operate() throws IOException {
        if (dead || operationsLeft-- <= 0) {
            dead = true;
            throw new IOException("the process is dead");
        }
    }

    @Override
    public void createDirectory(Path dir) {}

    @Override
    public Closeable lock(Path dir) {
        return () -> {};
    }

    @Override
    public synchronized List<Path> list(Path dir) {
        return List.copyOf(names.keySet());
    }

    @Override
    public synchronized StoreFile create(Path path) throws IOException {
        operate();
        if (names.containsKey(path)) {
            throw new FileAlreadyExistsException(path.toString());
        }
        Node node = new Node(inodes++);
        node.modified = clock++;
        names.put(path, node);
        return new Open(node, generation);
    }

    private Node node(Path path) throws IOException {
        Node node = names.get(path);
        if (node == null) {
            throw new NoSuchFileException(path.toString());
        }
        return node;
    }

    @Override
    public synchronized StoreFile open(Path path) throws IOException {
        return new Open(node(path), generation);
    }

    @Override
    public synchronized boolean delete(Path path) throws IOException {
        if (!names.containsKey(path)) {
            return false;
        }
        operate();
        names.remove(path);
        return true;
    }

    @Override
    public synchronized void move(Path from, Path to) throws IOException {
        operate();
        names.put(to, node(from));
        names.remove(from);
    }

    @Override
    public synchronized void syncDirectory(Path dir) throws IOException {
        operate();
        durableNames.clear();
        durableNames.putAll(names);
    }

    @Override
    public synchronized FileStamp stamp(Path path) throws IOException {
        Node node = node(path);
        return new FileStamp(node.bytes.length, node.modified, node.inode);
    }

    @Override
    public synchronized int links(Path path) throws IOException {
        node(path);
        return 1;
    }

    @Override
    public synchronized void setModified(Path path, long epochMillis) throws IOException {
        operate();
        node(path).modified = clock++;
    }

    @Override
    public synchronized long usableBytes(Path dir) {
        return usableBytes;
    }

    @Override
    public synchronized String bootId() {
        return "boot-" + boot;
    }

    private final class Open implements StoreFile {
        private final Node node;
        private final int opened;
        private boolean closed;

        Open(Node node, int opened) {
            this.node = node;
            this.opened = opened;
        }

        private void requireOpen() throws IOException {
            if (closed || opened != generation) {
                throw new IOException("closed");
            }
        }

        private void change(Change change) {
            node.bytes = applied(node.bytes, change, false);
            node.pending.add(change);
            node.modified = clock++;
        }

        @Override
        public long size() throws IOException {
            synchronized (CrashingFiles.this) {
                requireOpen();
                return node.bytes.length;
            }
        }

        @Override
        public boolean preallocate(long from, long count) throws IOException {
            synchronized (CrashingFiles.this) {
                requireOpen();
                operate();
                if (reserves) {
                    change(new Resize((int) Math.max(node.bytes.length, from + count)));
                }
                return reserves;
            }
        }

        @Override
        public void read(ByteBuffer target, long position) throws IOException {
            synchronized (CrashingFiles.this) {
                requireOpen();
                if (position + target.remaining() > node.bytes.length) {
                    throw new EOFException("too short");
                }
                target.put(node.bytes, (int) position, target.remaining());
            }
        }

        @Override
        public void write(ByteBuffer data, long position) throws IOException {
            synchronized (CrashingFiles.this) {
                requireOpen();
                byte[] bytes = new byte[data.remaining()];
                data.get(bytes);
                if (operationsLeft == 0 && !dead) {
                    // Dies in the middle of this write.
                    int part = random.nextInt(bytes.length + 1);
                    change(new Put((int) position, Arrays.copyOf(bytes, part)));
                }
                operate();
                change(new Put((int) position, bytes));
            }
        }

        @Override
        public long transferTo(long position, long count, WritableByteChannel target)
                throws IOException {
            ByteBuffer bytes = ByteBuffer.allocate((int) count);
            read(bytes, position);
            return target.write(bytes.flip());
        }

        @Override
        public void truncate(long size) throws IOException {
            synchronized (CrashingFiles.this) {
                requireOpen();
                operate();
                change(new Resize((int) size));
            }
        }

        @Override
        public void force() throws IOException {
            synchronized (CrashingFiles.this) {
                requireOpen();
                operate();
                node.lossy |= syncsFail;
                if (syncsFail) {
                    throw new IOException("input/output error");
                }
                if (!node.lossy) {
                    node.durable = node.bytes.clone();
                    node.durableModified = node.modified;
                }
                node.pending.clear();
            }
        }

        @Override
        public void close() {
            synchronized (CrashingFiles.this) {
                closed = true;
            }
        }
    }
}
