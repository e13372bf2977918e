// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.sim.swarm;

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
        this.up =
                new Wire(
                        world,
                        messages -> supernode.frame(this, messages),
                        bytes -> {
                            host.controlSent(bytes);
                            supernode.controlReceived(bytes);
                        });
        this.down =
                new Wire(
                        world,
                        messages -> host.frame(this, messages),
                        bytes -> {
                            supernode.controlSent(bytes);
                            host.controlReceived(bytes);
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
