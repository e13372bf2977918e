// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.core.scheduler;

import io.dragonfly.core.model.PeerId;
import io.dragonfly.core.scheduler.Complaints.Accusation;
import io.dragonfly.core.scheduler.Complaints.Suspect;

import org.jspecify.annotations.Nullable;

import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// What follows from bytes that do not match. Nobody knows who lies, the one who complains or the
/// one who served; so the accused first hashes the piece again. What it then reports itself costs
/// nothing (within reason: a disk that goes on losing is no parent). Where it says that the piece
/// is right, or nothing, one word stands against the other, and the words of different hosts are
/// counted. Peer ids do not count: one host can have any number of them.
final class Accusations {
    static final int BAD_PIECES_TO_ISOLATE = 2;
    static final int ACCUSERS_TO_ISOLATE = 3;
    static final int ACCUSED_TO_ISOLATE = 3;
    static final int LOST_TO_ISOLATE = 4;

    private static final int MAX_ACCUSATIONS = 16;
    private static final long SECOND = 1_000_000_000L;
    private static final long ACCUSATION_NANOS = 600 * SECOND;
    private static final long RECHECK_NANOS = 5 * SECOND;
    private static final long ISOLATED_NANOS = 30 * SECOND;

    private final State state;

    Accusations(State state) {
        this.state = state;
    }

    /// `child` got bytes of `range` from `parent` that do not match.
    void accuse(Member child, PeerState parent, int range) {
        Complaints complaints = parent.complaints;
        complaints.accusations.removeIf(a -> a.untilNanos() - state.now <= 0);
        complaints.vouched.removeIf(
                s -> complaints.accusations.stream().noneMatch(a -> a.suspect().equals(s)));
        Suspect suspect =
                new Suspect(child.swarm.version, child.swarm.geometry.pieceOfRange(range));
        boolean known = complaints.accusations.stream().anyMatch(a -> a.suspect().equals(suspect));
        if (complaints.accusations.size() >= MAX_ACCUSATIONS) {
            complaints.accusations.removeFirst();
        }
        PeerState accuser = child.peer;
        complaints.accusations.add(
                new Accusation(accuser.host, accuser.id, suspect, state.now + ACCUSATION_NANOS));
        accuser.complaints.accused.add(parent.id);
        Member accused = child.swarm.member(parent.id);
        if (known || accused == null) {
            judge(parent, suspect);
        } else {
            recheck(accused, suspect, () -> judge(parent, suspect));
        }
    }

    /// Asks a peer to hash a piece again.
    ///
    /// @param silent what is done when there is no answer
    void recheck(Member accused, Suspect suspect, Runnable silent) {
        Complaints complaints = accused.peer.complaints;
        boolean asked = complaints.rechecking.containsKey(suspect);
        if (!asked && complaints.rechecking.size() < MAX_ACCUSATIONS) {
            long asking = state.now;
            complaints.rechecking.put(suspect, asking);
            state.out.add(request(accused.peer.id, accused.swarm, suspect.piece()));
            state.timers.at(
                    asking + RECHECK_NANOS,
                    () -> {
                        if (complaints.rechecking.remove(suspect, asking)) {
                            silent.run();
                        }
                    });
        }
    }

    static Command.Recheck request(PeerId accused, Swarm swarm, int piece) {
        return new Command.Recheck(
                accused,
                swarm.version,
                swarm.geometry.firstBlockOfPiece(piece),
                swarm.geometry.endBlockOfPiece(piece));
    }

    /// A peer hashed blocks again.
    void rechecked(Member member, Event.Rechecked event) {
        Complaints complaints = member.peer.complaints;
        Suspect suspect =
                new Suspect(
                        member.swarm.version,
                        member.swarm.geometry.pieceOfBlock(event.firstBlock()));
        boolean asked = complaints.rechecking.remove(suspect) != null;
        boolean lost = false;
        for (int range : event.lost()) {
            if (range >= 0 && range < member.swarm.ranges) {
                state.lose(member, range);
                lost = true;
            }
        }
        if (lost) {
            complaints.accusations.removeIf(a -> a.suspect().equals(suspect));
            losses(member.peer);
        } else if (asked) {
            complaints.vouched.add(suspect);
            judge(member.peer, suspect);
        }
    }

    private void losses(PeerState peer) {
        var lost = peer.complaints.lostNanos;
        while (!lost.isEmpty() && state.now - lost.getFirst() > ACCUSATION_NANOS) {
            lost.removeFirst();
        }
        lost.addLast(state.now);
        if (lost.size() >= LOST_TO_ISOLATE) {
            lost.clear();
            isolate(peer, "it goes on losing what it had", null);
        }
    }

    /// Both sides have spoken.
    private void judge(PeerState parent, Suspect suspect) {
        if (parent.gone) {
            return;
        }
        Set<PeerId> accusers = new LinkedHashSet<>();
        for (Accusation a : parent.complaints.accusations) {
            if (a.suspect().equals(suspect)) {
                accusers.add(a.accuser());
            }
        }
        for (PeerId id : accusers) {
            PeerState accuser = state.peers.get(id);
            if (accuser != null && accusesMany(accuser)) {
                withdraw(accuser);
                isolate(accuser, "it alone accuses many parents", null);
            }
        }
        if (!parent.isolated && guilty(parent)) {
            isolate(parent, "it served bytes that do not match", loneHost(parent));
        }
    }

    private boolean counts(Complaints complaints, Accusation a) {
        return a.untilNanos() - state.now > 0 && !complaints.rechecking.containsKey(a.suspect());
    }

    private boolean guilty(PeerState parent) {
        Complaints complaints = parent.complaints;
        Set<Suspect> pieces = new HashSet<>();
        Set<Suspect> unanswered = new HashSet<>();
        Set<String> hosts = new HashSet<>();
        Set<PeerId> accusers = new HashSet<>();
        for (Accusation a : complaints.accusations) {
            if (counts(complaints, a)) {
                pieces.add(a.suspect());
                hosts.add(a.host());
                accusers.add(a.accuser());
                if (!complaints.vouched.contains(a.suspect())) {
                    unanswered.add(a.suspect());
                }
            }
        }
        if (hosts.size() >= ACCUSERS_TO_ISOLATE) {
            return true;
        }
        if (hosts.size() > 1) {
            return pieces.size() >= BAD_PIECES_TO_ISOLATE;
        }
        // A host alone is believed where nobody contradicts it or several of its peers say so (it
        // may be many hosts behind one address), and about one parent at a time.
        boolean believed =
                unanswered.size() >= BAD_PIECES_TO_ISOLATE
                        || (pieces.size() >= BAD_PIECES_TO_ISOLATE
                                && accusers.size() >= ACCUSERS_TO_ISOLATE);
        return believed && !isolatesAnother(hosts.iterator().next(), parent);
    }

    private @Nullable String loneHost(PeerState parent) {
        String lone = null;
        for (Accusation a : parent.complaints.accusations) {
            if (lone != null && !lone.equals(a.host())) {
                return null;
            }
            lone = a.host();
        }
        return lone;
    }

    private boolean isolatesAnother(String host, PeerState parent) {
        for (PeerState peer : state.peers.values()) {
            if (peer != parent && peer.isolated && host.equals(peer.complaints.loneAccuser)) {
                return true;
            }
        }
        return state.former.isolatedBy(host, state.now);
    }

    private boolean accusesMany(PeerState accuser) {
        Set<PeerId> accused = accuser.complaints.accused;
        accused.removeIf(id -> !accuses(accuser.id, id));
        long alone = accused.stream().filter(id -> accusesAlone(accuser.id, id)).count();
        return alone >= ACCUSED_TO_ISOLATE;
    }

    private boolean accuses(PeerId accuser, PeerId accused) {
        PeerState peer = state.peers.get(accused);
        return peer != null
                && peer.complaints.accusations.stream().anyMatch(a -> a.accuser().equals(accuser));
    }

    private boolean accusesAlone(PeerId accuser, PeerId accused) {
        PeerState peer = state.peers.get(accused);
        boolean any = false;
        for (Accusation a : peer == null ? List.<Accusation>of() : peer.complaints.accusations) {
            if (a.untilNanos() - state.now > 0 && !a.accuser().equals(accuser)) {
                return false;
            }
            any |= peer != null && counts(peer.complaints, a);
        }
        return any;
    }

    /// Takes back what `accuser` said; who was isolated for that alone is free again.
    private void withdraw(PeerState accuser) {
        for (PeerId id : new LinkedHashSet<>(accuser.complaints.accused)) {
            PeerState accused = state.peers.get(id);
            if (accused != null) {
                accused.complaints.accusations.removeIf(a -> a.accuser().equals(accuser.id));
                accused.complaints.complainers.remove(accuser.host);
                if (accused.isolated && accused.isolatedForBytes && !guilty(accused)) {
                    release(accused);
                }
            }
        }
        accuser.complaints.accused.clear();
    }

    /// Served by the seed alone from now on, and serves nobody.
    ///
    /// @param loneAccuser the host on whose word alone that is, or null
    void isolate(PeerState peer, String why, @Nullable String loneAccuser) {
        Complaints complaints = peer.complaints;
        if (peer.isolated) {
            return;
        }
        complaints.isolated = true;
        complaints.loneAccuser = loneAccuser;
        complaints.isolatedUntilNanos =
                state.now + Blame.grown(ISOLATED_NANOS, ++complaints.punishments, Blame.MAX_NANOS);
        begin(peer);
        for (Member member : peer.members) {
            for (Flight flight : List.copyOf(member.serving)) {
                state.cancel(flight);
            }
        }
        state.out.add(new Command.Isolated(peer.id, why, complaints.isolatedUntilNanos));
    }

    /// A peer came back that was isolated when it went.
    void resume(PeerState peer) {
        Complaints complaints = peer.complaints;
        if (complaints.isolated && complaints.isolatedUntilNanos - state.now > 0) {
            begin(peer);
        } else {
            complaints.isolated = false;
        }
    }

    private void begin(PeerState peer) {
        peer.isolated = true;
        peer.isolatedForBytes = !peer.complaints.accusations.isEmpty();
        state.impaired.add(peer);
        state.reviewServing(peer);
        long until = peer.complaints.isolatedUntilNanos;
        state.timers.at(
                until,
                () -> {
                    if (!peer.gone && peer.complaints.isolatedUntilNanos == until) {
                        release(peer);
                    }
                });
    }

    private void release(PeerState peer) {
        if (peer.isolated) {
            peer.isolated = false;
            peer.complaints.isolated = false;
            peer.complaints.loneAccuser = null;
            peer.complaints.accusations.clear();
            state.reviewServing(peer);
        }
    }
}
