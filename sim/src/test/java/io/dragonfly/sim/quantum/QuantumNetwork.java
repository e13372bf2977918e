// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.sim.quantum;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.PriorityQueue;
import java.util.SplittableRandom;

/// Virtual time, and links that carry quanta of 16 KiB: the flows of a host take turns at its
/// uplink; what arrives waits in line at the thin link into an IDC and at the downlink. A flow has
/// at most a window of bytes on its way.
final class QuantumNetwork {
    static final int QUANTUM = 16 << 10;
    private static final int WINDOW = 256 << 10;
    private static final long PEER_LATENCY = 2_000_000;

    private record Due(long at, long order, Runnable action) {}

    private final PriorityQueue<Due> queue =
            new PriorityQueue<>((a, b) ->
                    a.at == b.at ? Long.compare(a.order, b.order) : Long.compare(a.at, b.at));
    private final SplittableRandom random;
    private final double unfairness;
    private long order;
    long now;

    /// @param unfairness flows have random weights from `1 - unfairness` to 1
    QuantumNetwork(SplittableRandom random, double unfairness) {
        this.random = random;
        this.unfairness = unfairness;
    }

    void after(long nanos, Runnable action) {
        at(now + nanos, action);
    }

    void at(long nanos, Runnable action) {
        queue.add(new Due(nanos, order++, action));
    }

    /// Runs the next thing; false when there is none.
    boolean step() {
        Due due = queue.poll();
        if (due == null) {
            return false;
        }
        now = due.at;
        due.action.run();
        return true;
    }

    /// A line through which bytes go one after the other.
    static final class Link {
        final double bytesPerNano;
        long freeAt;
        long bytes;

        Link(double mbit) {
            bytesPerNano = mbit / 8000;
        }

        long through(long from, int count) {
            freeAt = Math.max(from, freeAt) + Math.round(count / bytesPerNano);
            bytes += count;
            return freeAt;
        }
    }

    /// What a host or the seed sends through.
    final class Uplink {
        final Link link;
        private final ArrayDeque<Flow> ready = new ArrayDeque<>();
        private boolean sending;

        Uplink(double mbit) {
            link = new Link(mbit);
        }

        private void send() {
            if (sending) {
                return;
            }
            Flow flow = ready.poll();
            if (flow == null) {
                return;
            }
            int count = (int) Math.min(flow.quantum, flow.sendable());
            flow.queued = false;
            if (count <= 0) {
                send();
                return;
            }
            flow.sent += count;
            sending = true;
            at(
                    link.through(now, count),
                    () -> {
                        sending = false;
                        flow.left(count);
                        flow.offer();
                        send();
                    });
        }
    }

    /// Bytes on their way from a host to another.
    class Flow {
        private final Uplink uplink;
        private final @Nullable Link thin;
        private final Link downlink;
        private final Received receiver;
        private final int quantum;
        private boolean queued;
        private boolean stopped;

        /// How far the sender has the bytes, the flow may go, and has been sent and received.
        long available;

        final long start;
        long end;
        long sent;
        long received;
        private long acknowledged;

        Flow(
                Uplink uplink,
                @Nullable Link thin,
                Link downlink,
                long from,
                long end,
                Received receiver) {
            this.uplink = uplink;
            this.thin = thin;
            this.downlink = downlink;
            this.receiver = receiver;
            this.start = from;
            this.end = end;
            this.available = from;
            this.sent = from;
            this.received = from;
            this.acknowledged = from;
            double weight = 1 - (unfairness == 0 ? 0 : random.nextDouble() * unfairness);
            this.quantum = (int) (QUANTUM * weight);
        }

        void available(long upTo) {
            if (upTo > available) {
                available = upTo;
                offer();
            }
        }

        void stop() {
            stopped = true;
            end = sent;
        }

        private long sendable() {
            long window = acknowledged + WINDOW - sent;
            return stopped ? 0 : Math.min(Math.min(available, end) - sent, window);
        }

        private void offer() {
            // A window that is nearly full waits for room for a whole quantum.
            long can = sendable();
            if (!queued && can > 0 && (can >= quantum || sent + can == Math.min(available, end))) {
                queued = true;
                uplink.ready.add(this);
                uplink.send();
            }
        }

        private void left(int count) {
            if (thin == null) {
                atDownlink(count);
            } else {
                at(thin.through(now, count), () -> atDownlink(count));
            }
        }

        private void atDownlink(int count) {
            at(
                    downlink.through(now, count) + PEER_LATENCY,
                    () -> {
                        received += count;
                        receiver.received(this);
                        after(
                                PEER_LATENCY,
                                () -> {
                                    acknowledged += count;
                                    offer();
                                });
                    });
        }
    }

    /// Told about every arrival.
    interface Received {
        void received(Flow flow);
    }
}
