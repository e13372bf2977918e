// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.e2e.bench;

import io.dragonfly.e2e.soak.SoakCommand;

import picocli.CommandLine;

import java.time.InstantSource;
import java.util.Arrays;
import java.util.SplittableRandom;

/// Where the commands below `bench/` begin; the first argument says which.
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        InstantSource clock = InstantSource.system();
        String name = arguments.length == 0 ? "" : arguments[0];
        Object command =
                switch (name) {
                    case "swarm" ->
                            new SwarmCommand(System.out, System.err, clock, SplittableRandom::new);
                    case "soak" ->
                            new SoakCommand(System.out, System.err, clock, SplittableRandom::new);
                    default -> throw new IllegalArgumentException("no such benchmark: " + name);
                };
        String[] rest = Arrays.copyOfRange(arguments, 1, arguments.length);
        System.exit(new CommandLine(command).execute(rest));
    }
}
