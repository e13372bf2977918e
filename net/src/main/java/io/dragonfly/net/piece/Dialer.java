// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.net.piece;

import io.dragonfly.core.model.HostPort;
import io.dragonfly.core.model.PeerId;
import io.dragonfly.net.tls.Tls;
import io.dragonfly.net.tls.TlsFailure;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/// Opens connections to piece servers: the client's side of connecting and of the hello.
/// Thread-safe.
final class Dialer {
    /// What a connection buffers: frames without bodies, and the beginning of a block.
    static final int INPUT_BYTES = 4 << 10;

    /// A name may stand for so many addresses that are tried.
    private static final int MAX_ADDRESSES = 4;

    /// TLS is decrypted in records of 16 KiB; so many are read together.
    private static final int TLS_READ_RECORDS = 4;

    /// The first byte that a server sends which speaks TLS and hears us without: its alert.
    private static final byte TLS_ALERT = 0x15;

    private final Reaper reaper;
    private final LongSupplier nanoTime;
    private final @Nullable Tls tls;

    /// A connection after its hello.
    ///
    /// @param peer who the other side says it is
    record Dialled(Link link, PeerId peer) {}

    /// @param tls null: none
    Dialer(Reaper reaper, LongSupplier nanoTime, @Nullable Tls tls) {
        this.reaper = reaper;
        this.nanoTime = nanoTime;
        this.tls = tls;
    }

    /// Connects and says hello within `nanos` (looking up a name not counted; it has the resolver's
    /// own bound). The connection is watched by the reaper; the caller ends that when it closes it.
    ///
    /// @param opened gets each connection before it is used, so that others can close it
    Dialled dial(HostPort parent, long nanos, Consumer<Link> opened) throws IOException {
        InetAddress[] addresses = resolve(parent);
        int tries = Math.min(addresses.length, MAX_ADDRESSES);
        long each = nanos / tries;
        for (int i = 0; ; i++) {
            try {
                return dial(parent, addresses[i], each, opened);
            } catch (IOException e) {
                if (i + 1 >= tries) {
                    throw e;
                }
            }
        }
    }

    private static InetAddress[] resolve(HostPort parent) throws IOException {
        try {
            return InetAddress.getAllByName(parent.host());
        } catch (UnknownHostException e) {
            throw new IOException("no address is known for this name", e);
        }
    }

    private Dialled dial(HostPort parent, InetAddress address, long nanos, Consumer<Link> opened)
            throws IOException {
        SocketChannel channel = SocketChannel.open();
        Link link = new Link(channel, INPUT_BYTES, nanoTime);
        boolean done = false;
        link.within(nanos);
        reaper.watch(link);
        try {
            opened.accept(link);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.connect(new InetSocketAddress(address, parent.port()));
            if (tls != null) {
                link.secure(tls.clientEngine(parent.host(), parent.port()), TLS_READ_RECORDS);
            }
            PeerId peer = hello(link);
            link.unbounded();
            done = true;
            return new Dialled(link, peer);
        } catch (IOException e) {
            if (link.reason() == Link.Reason.OVERDUE) {
                throw new IOException("no connection within the time allowed", e);
            }
            Optional<String> tlsFailure = tls == null ? Optional.empty() : TlsFailure.text(e);
            throw tlsFailure.isPresent() ? new IOException(tlsFailure.get(), e) : e;
        } finally {
            if (!done) {
                reaper.forget(link);
                link.close();
            }
        }
    }

    private static PeerId hello(Link link) throws IOException {
        ByteBuffer hello = ByteBuffer.allocate(Wire.CLIENT_HELLO);
        Wire.putClientHello(hello);
        link.write(hello.flip());
        ByteBuffer first = link.fill(1);
        if (first.get(first.position()) == TLS_ALERT) {
            throw new IOException(TlsFailure.SPEAKS_TLS);
        }
        int length = Wire.serverHello(link.fill(Wire.HEAD));
        byte[] id = new byte[length];
        link.fill(length).get(id);
        return Wire.peerId(id);
    }
}
