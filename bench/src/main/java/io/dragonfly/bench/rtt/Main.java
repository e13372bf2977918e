// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.bench.rtt;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;

/// A long line: `RTT-MILLIS MBIT LISTEN=TARGET ...`, until it is killed. `bench/rtt` starts it.
public final class Main {
    private Main() {}

    public static void main(String... args) throws IOException, InterruptedException {
        if (args.length < 3) {
            System.err.println("usage: RTT-MILLIS MBIT LISTEN=TARGET ...");
            System.exit(2);
        }
        long delay = Long.parseLong(args[0]) * 1_000_000 / 2;
        long rate = Long.parseLong(args[1]) * 1_000_000;
        long now = System.nanoTime();
        Line up = new Line(rate, delay, now);
        Line down = new Line(rate, delay, now);
        for (int i = 2; i < args.length; i++) {
            String[] ends = args[i].split("=", -1);
            var _ =
                    new Relay(
                            Relay.address(ends[0]),
                            Relay.address(ends[1]),
                            up,
                            down,
                            System::nanoTime);
        }
        System.out.println("ready");
        new CountDownLatch(1).await();
    }
}
