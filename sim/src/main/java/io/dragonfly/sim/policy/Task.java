// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.sim.policy;

import io.dragonfly.core.model.Geometry;
import io.dragonfly.core.model.PeerId;
import io.dragonfly.core.model.VersionId;
import io.dragonfly.core.scheduler.Command;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/// One content as a supernode of version 1 keeps it: who has which piece, and what is on its way.
final class Task {
    private static final int PIECES_OF_PARENT = 5;
    private static final int PIECES_OF_SUPERNODE = VersionOne.PIECES_OF_CLIENT;
    private static final int ERRORS = 5;
    private static final long LEAKED = TimeUnit.SECONDS.toNanos(30);
    private static final long LEAK_CHECK = TimeUnit.SECONDS.toNanos(2);
    private static final long SHORTEST = TimeUnit.MILLISECONDS.toNanos(50);
    private static final long LONGEST = TimeUnit.MILLISECONDS.toNanos(800);

    /// What a client is told: pieces, that it has enough of them under way, or to wait.
    enum Answer {
        PIECES,
        ENOUGH,
        WAIT
    }

    /// A download of a host, which gives what it has.
    static final class Client {
        final PeerId id;
        final BitSet done;

        /// Where each piece comes from; null for the supernode.
        final Map<Integer, @Nullable Client> running = new LinkedHashMap<>();

        final Set<PeerId> blacklist = new HashSet<>();
        int load;
        int errors;
        boolean asks;
        boolean sleeps;
        boolean left;
        int alarms;
        private long shortest = SHORTEST;

        Client(PeerId id, BitSet have) {
            this.id = id;
            this.done = (BitSet) have.clone();
        }

        /// How long it sleeps now; twice as long the next time.
        long sleep(RandomGenerator random) {
            long nanos = shortest + random.nextLong(shortest);
            shortest = Math.min(LONGEST, 2 * shortest);
            return nanos;
        }
    }

    private final VersionId version;
    private final RandomGenerator random;
    private final Map<PeerId, Client> clients = new LinkedHashMap<>();
    private final BitSet seed = new BitSet();
    private final List<Holders<Client>> providers = new ArrayList<>();
    private Geometry geometry;
    private int supernodeLoad;
    private long supernodeChanged;

    Task(VersionId version, Geometry geometry, RandomGenerator random) {
        this.version = version;
        this.geometry = geometry;
        this.random = random;
    }

    @Nullable Client client(PeerId peer) {
        return clients.get(peer);
    }

    /// How many there are; more than anybody has while the length is not known.
    int pieces() {
        return geometry.lengthKnown() ? geometry.ranges() : Integer.MAX_VALUE;
    }

    void seedHas(int piece) {
        seed.set(piece);
    }

    void lengthKnown(long length) {
        geometry = geometry.withLength(length);
    }

    Client join(PeerId peer, BitSet have) {
        leave(peer);
        Client client = new Client(peer, have);
        clients.put(peer, client);
        have.stream().forEach(piece -> providers(piece).add(client));
        return client;
    }

    /// What was on its way to it stays counted where it came from: nobody reports it.
    void leave(PeerId peer) {
        Client client = clients.remove(peer);
        if (client != null) {
            client.left = true;
            client.done.stream().forEach(piece -> providers(piece).countOff());
        }
    }

    void close() {
        clients.clear();
    }

    void done(Client client, int piece, long now) {
        if (client.running.containsKey(piece)) {
            Client parent = client.running.remove(piece);
            if (parent == null) {
                supernodeLoad = Math.max(0, supernodeLoad - 1);
                supernodeChanged = now;
            } else {
                parent.load--;
            }
            client.errors = 0;
        }
        if (!client.done.get(piece)) {
            client.done.set(piece);
            providers(piece).add(client);
        }
    }

    /// A slot of the supernode stays taken. False where the piece did not come from there.
    boolean failed(Client client, int piece, PeerId from, long now) {
        Client parent = client.running.get(piece);
        if (!client.running.containsKey(piece)
                || !(parent == null ? PeerId.SEED : parent.id).equals(from)) {
            return false;
        }
        client.running.remove(piece);
        client.errors++;
        if (parent != null) {
            parent.load--;
            client.blacklist.add(from);
        }
        return true;
    }

    void lost(Client client, List<Integer> pieces) {
        for (int piece : pieces) {
            if (client.done.get(piece)) {
                client.done.clear(piece);
                providers(piece).countOff();
            }
        }
    }

    /// Gives a client pieces until it has 4 under way: the rarest first, then those nearest to what
    /// is under way, each from a peer if one can give it.
    Answer schedule(Client client, long now, List<Command> out) {
        BitSet available = (BitSet) seed.clone();
        available.andNot(client.done);
        client.running.keySet().forEach(available::clear);
        if (available.isEmpty()) {
            return Answer.WAIT;
        }
        if (client.running.size() >= VersionOne.PIECES_OF_CLIENT) {
            return Answer.ENOUGH;
        }
        Answer answer = Answer.WAIT;
        for (int piece : inOrder(available, client)) {
            Client parent = client.errors > ERRORS ? null : parent(piece, client);
            if (parent == null && !takeSupernode(now)) {
                continue;
            }
            if (parent != null) {
                parent.load++;
            }
            client.running.put(piece, parent);
            PeerId from = parent == null ? PeerId.SEED : parent.id;
            int block = geometry.firstBlockOfRange(piece);
            out.add(new Command.Offer(client.id, version, piece, block, from));
            answer = Answer.PIECES;
            if (client.running.size() == VersionOne.PIECES_OF_CLIENT) {
                break;
            }
        }
        return answer;
    }

    private int[] inOrder(BitSet available, Client client) {
        long sum = 0;
        for (int piece : client.running.keySet()) {
            sum += piece;
        }
        int under = Math.max(1, client.running.size());
        long[] keys = new long[available.cardinality()];
        int count = 0;
        for (int p = available.nextSetBit(0); p >= 0; p = available.nextSetBit(p + 1)) {
            // 18 bits of providers, 20 of distance, 7 of chance, 18 of piece.
            long far = Math.min((1 << 20) - 1, Math.abs((long) p * under - sum));
            long few = Math.min((1 << 18) - 1, providers(p).count());
            keys[count++] = (few << 20 | far) << 25 | (long) random.nextInt(128) << 18 | p;
        }
        Arrays.sort(keys);
        int[] pieces = new int[count];
        for (int i = 0; i < count; i++) {
            pieces[i] = (int) (keys[i] & ((1 << 18) - 1));
        }
        return pieces;
    }

    /// Whoever comes first in no particular order.
    private @Nullable Client parent(int piece, Client client) {
        return providers(piece)
                .any(
                        random,
                        Integer.MAX_VALUE,
                        p -> !p.left && p.done.get(piece),
                        p -> p.load < PIECES_OF_PARENT && !client.blacklist.contains(p.id));
    }

    private boolean takeSupernode(long now) {
        long checked = now - now % LEAK_CHECK;
        if (checked - supernodeChanged >= LEAKED) {
            supernodeLoad = 0;
        }
        if (supernodeLoad == PIECES_OF_SUPERNODE) {
            return false;
        }
        supernodeLoad++;
        supernodeChanged = now;
        return true;
    }

    private Holders<Client> providers(int piece) {
        while (providers.size() <= piece) {
            providers.add(new Holders<>());
        }
        return providers.get(piece);
    }
}
