// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.sim.swarm;

import java.util.List;

/// A control stream between a host and a supernode.
final class SimStream {
    final SimHost host;
    final SimSupernode supernode;
    private final Wire up;
    private final Wire down;
    private boolean open = true;

    SimStream(World world, SimHost host, SimSupernode supernode) {
        this.host = host;
        this.supernode = supernode;
        long latency = world.conditions().controlNanos();
        long batch = world.conditions().batchNanos();
        this.up =
                new Wire(
                        world.timeline(),
                        latency,
                        batch,
                        new Wire.End() {
                            @Override
                            public void frame(List<Runnable> messages) {
                                supernode.frame(SimStream.this, messages);
                            }

                            @Override
                            public void sent(int bytes) {
                                host.controlSent(bytes);
                                supernode.controlReceived(bytes);
                            }
                        });
        this.down =
                new Wire(
                        world.timeline(),
                        latency,
                        batch,
                        new Wire.End() {
                            @Override
                            public void frame(List<Runnable> messages) {
                                host.frame(SimStream.this, messages);
                            }

                            @Override
                            public void sent(int bytes) {
                                supernode.controlSent(bytes);
                                host.controlReceived(bytes);
                            }
                        });
    }

    boolean open() {
        return open;
    }

    void toSupernode(int bytes, Runnable message) {
        up.send(bytes, message);
    }

    void toPeer(int bytes, Runnable message) {
        down.send(bytes, message);
    }

    /// Both sides know.
    void close() {
        open = false;
        up.close();
        down.close();
    }
}
