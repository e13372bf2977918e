// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.sim;

import io.dragonfly.sim.engine.BrokenInvariant;
import io.dragonfly.sim.policy.PolicyName;
import io.dragonfly.sim.report.Job;
import io.dragonfly.sim.report.Outcome;
import io.dragonfly.sim.report.ReportCommand;
import io.dragonfly.sim.report.ReportFiles;
import io.dragonfly.sim.scenario.Catalogue;
import io.dragonfly.sim.scenario.Scenario;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What the committed report consists of: every scenario under every policy, small ones with three
/// seeds. Where that would take days only the production scheduler runs.
final class Plan {
    /// Scenarios that every build runs again, under every policy, with one seed.
    static final Set<String> QUICK =
            Set.of(
                    "bed-10",
                    "bed-30-mixed",
                    "bed-30-slow-uplinks",
                    "idcs",
                    "many-files",
                    "leavers",
                    "supernode-restarts",
                    "origin-changes");

    /// Scenarios that differ only in the number of hosts.
    private static final List<String> FAMILIES = List.of("flash", "published", "slow-tail");

    private static final String REPLAY = "bench/sim run";

    /// Bytes delivered in all up to which a scenario runs with three seeds.
    private static final double SMALL = 7e9;

    /// The same, up to which other policies run too.
    private static final double LARGE = 5e12;

    private Plan() {}

    static List<Job> jobs() {
        List<Job> jobs = new ArrayList<>();
        for (Scenario scenario : Catalogue.all()) {
            double work = (double) scenario.bytes() * scenario.peers();
            for (PolicyName policy : PolicyName.values()) {
                if (policy == PolicyName.OURS || work <= LARGE) {
                    for (long seed = 1; seed <= (work <= SMALL ? 3 : 1); seed++) {
                        boolean quick = seed == 1 && QUICK.contains(scenario.name());
                        jobs.add(new Job(scenario.name(), policy.toString(), seed, quick));
                    }
                }
            }
        }
        return jobs;
    }

    static ReportCommand report() {
        Map<String, String> about = new LinkedHashMap<>();
        Catalogue.all().forEach(scenario -> about.put(scenario.name(), scenario.about()));
        List<String> policies =
                Arrays.stream(PolicyName.values()).map(PolicyName::toString).toList();
        return new ReportCommand(
                jobs(),
                new ReportFiles(policies, FAMILIES, about, "bench/sim report"),
                Plan::run,
                REPLAY);
    }

    private static Outcome run(Job job) {
        Scenario scenario = Catalogue.named(job.scenario()).orElseThrow();
        try {
            return Runs.run(scenario, policy(job.policy()), job.seed());
        } catch (BrokenInvariant e) {
            throw new BrokenInvariant(
                    "%s; again: %s %s --policy %s --seed %d"
                            .formatted(
                                    e.getMessage(),
                                    REPLAY,
                                    job.scenario(),
                                    job.policy(),
                                    job.seed()));
        }
    }

    private static PolicyName policy(String name) {
        return Arrays.stream(PolicyName.values())
                .filter(p -> p.toString().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
