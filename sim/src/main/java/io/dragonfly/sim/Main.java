// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.sim;

import io.dragonfly.core.model.Check;
import io.dragonfly.sim.engine.BrokenInvariant;
import io.dragonfly.sim.policy.PolicyName;
import io.dragonfly.sim.report.Outcome;
import io.dragonfly.sim.scenario.Catalogue;
import io.dragonfly.sim.scenario.Scenario;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/// The command: lists scenarios and runs them. Ends with 0; with 1 where a run broke an invariant
/// or a host failed that should not have; with 2 where the command line is wrong.
public final class Main {
    private static final String USAGE =
            """
            usage: bench/sim list
                   bench/sim run NAME [--policy ours|v1|random] [--seed N] [--peers N]
                   bench/sim quick [--seed N]
                   bench/sim report [--subset ci|all] [--only NAME] [--policy P] [--check]
                                    [--dir DIR]
            """;

    private Main() {}

    public static void main(String[] args) {
        System.exit(run(args));
    }

    static int run(String... args) {
        try {
            return run(List.of(args));
        } catch (IllegalArgumentException e) {
            System.err.println("sim: " + e.getMessage());
            System.err.print(USAGE);
            return 2;
        }
    }

    private static int run(List<String> args) {
        Check.argument(!args.isEmpty(), "what is to be done?");
        return switch (args.getFirst()) {
            case "list" -> list();
            case "quick" -> quick(seed(args));
            case "run" -> one(args);
            case "report" -> report(args.subList(1, args.size()));
            default -> throw new IllegalArgumentException("no such command: " + args.getFirst());
        };
    }

    private static int list() {
        for (Scenario s : Catalogue.all()) {
            System.out.printf("%-22s %6d hosts  %s%n", s.name(), s.peers(), s.about());
        }
        return 0;
    }

    private static int quick(long seed) {
        int worst = 0;
        for (Scenario scenario : Catalogue.quick()) {
            worst = Math.max(worst, run(scenario, PolicyName.OURS, seed));
        }
        return worst;
    }

    private static int report(List<String> args) {
        try {
            return Plan.report().execute(args, System.out::println);
        } catch (IOException e) {
            System.err.println("sim: the report cannot be read or written: " + e.getMessage());
            return 1;
        } catch (BrokenInvariant e) {
            System.err.println("sim: " + e.getMessage());
            return 1;
        }
    }

    private static int one(List<String> args) {
        Check.argument(args.size() >= 2, "run needs the name of a scenario");
        String name = args.get(1);
        Scenario scenario =
                Catalogue.named(name)
                        .orElseThrow(() ->
                                new IllegalArgumentException(
                                        "no such scenario: " + name + " (see list)"));
        Optional<String> peers = option(args, "--peers");
        if (peers.isPresent()) {
            scenario = scenario.peers((int) number(peers.get(), "--peers"));
        }
        return run(scenario, policy(option(args, "--policy").orElse("ours")), seed(args));
    }

    private static PolicyName policy(String text) {
        return Arrays.stream(PolicyName.values())
                .filter(p -> p.toString().equals(text))
                .findFirst()
                .orElseThrow(() ->
                        new IllegalArgumentException(
                                "no such policy: " + text + " (ours, v1, random)"));
    }

    private static long seed(List<String> args) {
        return option(args, "--seed").map(text -> number(text, "--seed")).orElse(1L);
    }

    private static Optional<String> option(List<String> args, String name) {
        int at = args.indexOf(name);
        Check.argument(at < 0 || at + 1 < args.size(), "%s needs a value", name);
        return at < 0 ? Optional.empty() : Optional.of(args.get(at + 1));
    }

    private static long number(String text, String option) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(option + " needs a number, not " + text, e);
        }
    }

    private static int run(Scenario scenario, PolicyName policy, long seed) {
        try {
            Outcome outcome = Runs.run(scenario, policy, seed);
            System.out.println(line(outcome));
            List<String> bad = new ArrayList<>(outcome.failed().keySet());
            bad.removeIf(why -> why.endsWith(Runs.MAY) || why.equals(Runs.LEFT));
            return bad.isEmpty() ? 0 : replay(scenario, policy, seed, "hosts failed: " + bad);
        } catch (BrokenInvariant e) {
            return replay(scenario, policy, seed, String.valueOf(e.getMessage()));
        }
    }

    private static int replay(Scenario scenario, PolicyName policy, long seed, String why) {
        System.out.printf(
                "FAILED %s seed %d: %s%n  again: bench/sim run %s --policy %s --seed %d --peers"
                        + " %d%n",
                scenario.name(), seed, why, scenario.name(), policy, seed, scenario.peers());
        return 1;
    }

    private static String line(Outcome o) {
        return ("%-20s %-6s seed %d  last %.1f s = %.3f of bound  median %.1f s  origin %.2f F"
                        + "  seed %.2f F  control %.4f %%  %,d events  hash %016x%s%s%s")
                .formatted(
                        o.scenario(),
                        o.policy(),
                        o.seed(),
                        o.lastSeconds(),
                        o.ratio(),
                        o.medianSeconds(),
                        o.originCopies(),
                        o.seedCopies(),
                        o.controlBytes() * 100,
                        o.events(),
                        o.hash(),
                        o.failed().isEmpty() ? "" : "  failed " + new TreeMap<>(o.failed()),
                        o.thinCopies().isEmpty() ? "" : "  thin " + new TreeMap<>(o.thinCopies()),
                        o.classes().size() < 2 ? "" : "  classes " + new TreeMap<>(o.classes()));
    }
}
