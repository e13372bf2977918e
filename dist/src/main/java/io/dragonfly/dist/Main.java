// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.dist;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;

/// Makes the distribution; started by the build.
final class Main {
    private Main() {}

    /// Arguments: root of the repository, build directory of this module, version, time (ISO 8601).
    static void main(String[] args) {
        Distribution distribution =
                new Distribution(
                        Path.of(args[0]), Path.of(args[1]), args[2], Instant.parse(args[3]));
        long start = System.nanoTime();
        try {
            boolean made = distribution.make();
            System.out.println(
                    made
                            ? "made %s and %s in %d ms"
                                    .formatted(
                                            distribution.home(),
                                            distribution.archive(),
                                            (System.nanoTime() - start) / 1_000_000)
                            : "nothing to do for " + distribution.archive());
        } catch (IOException e) {
            System.err.println("cannot make the distribution: " + e.getMessage());
            System.exit(1);
        }
    }
}
