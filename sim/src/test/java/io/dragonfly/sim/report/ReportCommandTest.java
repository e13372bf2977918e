// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.sim.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xml.sax.SAXException;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;

final class ReportCommandTest {
    private static final List<Job> JOBS =
            List.of(
                    new Job("flash-10", "ours", 1, true),
                    new Job("flash-10", "v1", 1, true),
                    new Job("flash-1000", "ours", 1, false),
                    new Job("flash-1000", "v1", 1, false),
                    new Job("churn", "ours", 1, true));

    @TempDir Path dir;
    private final Map<String, Double> seconds = new LinkedHashMap<>();
    private final List<String> ran = new ArrayList<>();
    private final List<String> out = new ArrayList<>();

    private int report(String... arguments) throws IOException {
        return report(JOBS, arguments);
    }

    private int report(List<Job> jobs, String... arguments) throws IOException {
        ran.clear();
        out.clear();
        List<String> all = new ArrayList<>(List.of("--dir", dir.toString()));
        all.addAll(List.of(arguments));
        ReportFiles files =
                new ReportFiles(
                        List.of("ours", "v1"),
                        List.of("flash"),
                        Map.of("churn", "they come and go"),
                        "sim report");
        return new ReportCommand(jobs, files, this::run, "sim run").execute(all, out::add);
    }

    private Outcome run(Job job) {
        ran.add(job.scenario() + " " + job.policy());
        return Sample.outcome(
                job.scenario(),
                job.policy(),
                job.seed(),
                job.scenario().endsWith("1000") ? 1000 : 10,
                seconds.getOrDefault(job.scenario(), 11.0));
    }

    @Test
    void whatWasWrittenIsWhatIsExpected() throws IOException {
        assertThat(report()).isZero();
        assertThat(dir.toFile().list())
                .containsExactlyInAnyOrder(
                        "outcomes.csv",
                        "report.md",
                        "flash-ratio.svg",
                        "flash-time.svg",
                        "scenarios.svg");
        assertThat(Files.readString(dir.resolve("report.md")))
                .contains("| `churn` | 10 | 10.00 | 1.100 | - | they come and go |")
                .contains("](flash-ratio.svg)");

        assertThat(report("--check")).isZero();
        assertThat(ran).hasSize(5);
        assertThat(out).isEmpty();
    }

    @Test
    void theQuickRunsAreCheckedAlone() throws IOException {
        report();
        seconds.put("flash-1000", 12.0);

        assertThat(report("--check", "--subset", "ci")).isZero();
        assertThat(ran).containsExactly("flash-10 ours", "flash-10 v1", "churn ours");
    }

    @Test
    void whatBecameDifferentIsSaidWithTheCommandThatRunsItAgain() throws IOException {
        report();
        seconds.put("churn", 12.0);

        assertThat(report("--check")).isEqualTo(1);
        assertThat(out)
                .containsSubsequence(
                        "churn, policy ours, seed 1:",
                        "  last: was 11.000, is 12.000",
                        "  median: was 10.000, is 11.000",
                        "  again: sim run churn --policy ours --seed 1")
                .noneMatch(line -> line.contains("flash"));
        assertThat(out.getLast()).contains("If that is meant: sim report");
    }

    @Test
    void aRunThatIsNotInTheReportIsSaid() throws IOException {
        report(JOBS.subList(0, 4));

        assertThat(report("--check")).isEqualTo(1);
        assertThat(out).contains("churn, policy ours, seed 1:", "  is not in the report");
    }

    @Test
    void pagesThatWereChangedByHandAreSaid() throws IOException {
        report();
        Files.writeString(dir.resolve("report.md"), "all is well");
        Files.delete(dir.resolve("scenarios.svg"));
        Files.writeString(dir.resolve("old.svg"), "<svg/>");

        assertThat(report("--check")).isEqualTo(1);
        assertThat(out)
                .contains(
                        "report.md is not what outcomes.csv gives",
                        "scenarios.svg is missing",
                        "old.svg does not belong to the report any more");
    }

    @Test
    void oneScenarioIsRunAndTheRestIsKept() throws IOException {
        report();
        seconds.put("flash-1000", 12.0);
        seconds.put("churn", 13.0);

        assertThat(report("--only", "flash-1000", "--policy", "v1")).isZero();

        assertThat(ran).containsExactly("flash-1000 v1");
        assertThat(Files.readString(dir.resolve("outcomes.csv")))
                .contains("flash-1000,v1,1,1000,12.000")
                .contains("flash-1000,ours,1,1000,11.000")
                .contains("churn,ours,1,10,11.000");
    }

    @Test
    void runsThatNoLongerBelongToItLeaveAndSoDoTheirCharts() throws IOException {
        report();

        report(JOBS.subList(0, 4));

        assertThat(Files.readString(dir.resolve("outcomes.csv"))).doesNotContain("churn");
        assertThat(dir.resolve("scenarios.svg")).doesNotExist();
    }

    @Test
    void badCommandLinesAreRefusedInOneLine() throws IOException {
        assertThat(report("--fast")).isEqualTo(2);
        assertThat(out.getFirst()).startsWith("usage: report");
        assertThat(report("--only")).isEqualTo(2);
        assertThat(report("--subset", "some")).isEqualTo(2);
        assertThat(out).containsExactly("--subset is ci or all: some");
        assertThat(report("--only", "nothing")).isEqualTo(2);
        assertThat(out.getFirst()).contains("[churn, flash-10, flash-1000]");
        Files.writeString(dir.resolve("outcomes.csv"), "what?");
        assertThat(report()).isEqualTo(2);
        assertThat(out.getFirst()).contains("outcomes.csv: line 1");
        assertThat(ran).isEmpty();
    }

    @Test
    void drawingsAreXmlWithTitleAndAxes()
            throws IOException, ParserConfigurationException, SAXException {
        report();
        for (String name : List.of("flash-ratio.svg", "flash-time.svg", "scenarios.svg")) {
            String svg = Files.readString(dir.resolve(name));
            byte[] bytes = svg.getBytes(StandardCharsets.UTF_8);
            var root =
                    DocumentBuilderFactory.newDefaultInstance()
                            .newDocumentBuilder()
                            .parse(new ByteArrayInputStream(bytes))
                            .getDocumentElement();
            assertThat(root.getElementsByTagName("title").getLength()).isEqualTo(1);
            assertThat(svg).contains(">ours", ">v1").contains("prefers-color-scheme: dark");
            assertThat(svg).doesNotContain("NaN", "Infinity");
        }
        assertThat(Files.readString(dir.resolve("flash-ratio.svg")))
                .contains(">hosts</text>", ">last host / fluid bound</text>");
    }
}
