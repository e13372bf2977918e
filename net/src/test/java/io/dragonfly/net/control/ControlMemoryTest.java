// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.net.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.dragonfly.core.protocol.FromPeer;
import io.dragonfly.core.protocol.FromSupernode;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// What an open stream costs.
@Timeout(120)
final class ControlMemoryTest {
    private static final String VERSION = "0123456789abcdef0123456789abcdef";
    private static final ControlSettings SETTINGS = ControlSettings.DEFAULT;

    private final ControlClient client = new ControlClient(SETTINGS, System::nanoTime);

    @AfterEach
    void close() {
        client.close();
    }

    @Test
    void two_thousand_streams_fit_into_little_memory() throws Exception {
        int count = 2000;
        try (TestSupernode supernode = new TestSupernode(SETTINGS)) {
            long before = usedHeap();
            Semaphore parallel = new Semaphore(50);
            CountDownLatch done = new CountDownLatch(count);
            List<Recorder> recorders = Collections.synchronizedList(new ArrayList<>());
            for (int i = 0; i < count; i++) {
                parallel.acquire();
                Thread.startVirtualThread(() -> {
                    try {
                        Recorder own = new Recorder();
                        ControlStream stream =
                                client.connect(supernode.address(), ControlStreamTest.HELLO, own);
                        stream.send(new FromPeer.Slots(1, 1));
                        recorders.add(own);
                    } catch (ControlException | IOException e) {
                        throw new IllegalStateException(e);
                    } finally {
                        parallel.release();
                        done.countDown();
                    }
                });
            }
            assertThat(done.await(100, TimeUnit.SECONDS)).isTrue();
            assertThat(recorders).hasSize(count);
            for (int i = 0; i < count; i++) {
                supernode.stream().send(new FromSupernode.Length(VERSION, i));
            }
            for (Recorder own : recorders) {
                own.take(1);
            }
            supernode.take(count);
            long each = (usedHeap() - before) / count;
            System.out.println("heap per stream, both sides: " + each + " bytes");
            assertThat(each).isLessThan(100_000);
        }
    }

    private static long usedHeap() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
