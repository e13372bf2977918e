// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.net.tls;

import io.dragonfly.core.model.Check;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;

/// How a process shows who it is and whom it believes, for all its connections to other hosts. TLS
/// 1.3 and nothing else, with the suites of the JDK (AES-GCM first).
///
/// With a certificate its servers speak TLS, and its clients show it where they are asked. With an
/// authority its clients believe only what that authority signed, and its servers want such a
/// certificate from whoever connects.
///
/// Changed files are read again, by the next connection after [#LOOK_NANOS]; what cannot be read
/// leaves the old ones in use, and a line in the log. Thread-safe.
public final class Tls {
    /// The only protocol that is spoken.
    public static final String PROTOCOL = "TLSv1.3";

    static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(10);

    private static final Logger LOG = LoggerFactory.getLogger(Tls.class);

    private final @Nullable Path cert;
    private final @Nullable Path key;
    private final @Nullable Path ca;
    private final LongSupplier nanoTime;
    private final ReentrantLock reading = new ReentrantLock();
    private volatile SSLContext context;
    private volatile long lookedAt;

    /// Of whoever holds the lock.
    private List<Object> stamp;

    private Tls(@Nullable Path cert, @Nullable Path key, @Nullable Path ca, LongSupplier nanoTime)
            throws IOException {
        Check.argument(cert == null == (key == null), "a certificate needs its key");
        Check.argument(cert != null || ca != null, "neither a certificate nor an authority");
        this.cert = cert;
        this.key = key;
        this.ca = ca;
        this.nanoTime = nanoTime;
        this.stamp = stamp();
        this.context = Material.context(cert, key, ca);
        this.lookedAt = nanoTime.getAsLong();
    }

    /// Reads the files, all PEM.
    ///
    /// @param cert the own certificate, and those between it and the authority's; null: none
    /// @param key its private key, without a password
    /// @param ca certificates of the authorities that are believed; null: anybody is, see
    ///   [#verifies]
    /// @throws IOException with one line that names the file and says what is wrong with it
    public static Tls load(
            @Nullable Path cert, @Nullable Path key, @Nullable Path ca, LongSupplier nanoTime)
            throws IOException {
        return new Tls(cert, key, ca, nanoTime);
    }

    /// Whether servers speak TLS.
    public boolean serves() {
        return cert != null;
    }

    /// Whether others are verified. Without that a connection is no secret from somebody who takes
    /// part in it: right only for finding out whether an address answers.
    public boolean verifies() {
        return ca != null;
    }

    /// The set-up of now.
    public SSLContext context() {
        if (nanoTime.getAsLong() - lookedAt >= LOOK_NANOS && reading.tryLock()) {
            try {
                readChanged();
            } finally {
                reading.unlock();
            }
        }
        return context;
    }

    private void readChanged() {
        lookedAt = nanoTime.getAsLong();
        List<Object> now = stamp();
        if (now.equals(stamp)) {
            return;
        }
        stamp = now;
        try {
            context = Material.context(cert, key, ca);
            LOG.info("TLS certificates read again");
        } catch (IOException e) {
            LOG.warn(
                    "TLS certificates changed and cannot be used, the old stay: {}",
                    e.getMessage());
        }
    }

    /// What tells a changed file from an unchanged one.
    private List<Object> stamp() {
        List<Object> stamp = new ArrayList<>();
        for (Path file : new Path[] {cert, key, ca}) {
            try {
                if (file != null) {
                    BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
                    stamp.addAll(List.of(now.lastModifiedTime(), now.size()));
                    stamp.add(String.valueOf(now.fileKey()));
                }
            } catch (IOException _) {
                stamp.add("not there");
            }
        }
        return stamp;
    }

    /// For one connection that somebody made to us.
    public SSLEngine serverEngine() {
        SSLEngine engine = context().createSSLEngine();
        engine.setUseClientMode(false);
        engine.setNeedClientAuth(verifies());
        engine.setEnabledProtocols(new String[] {PROTOCOL});
        return engine;
    }

    /// For one connection that we make to a piece server: whoever has a certificate of the
    /// authority is believed, under whatever name (what it sends is checked by digests).
    ///
    /// @param host with the port it names a session that can be taken up again
    public SSLEngine clientEngine(String host, int port) {
        SSLEngine engine = context().createSSLEngine(host, port);
        engine.setUseClientMode(true);
        engine.setEnabledProtocols(new String[] {PROTOCOL});
        return engine;
    }
}
