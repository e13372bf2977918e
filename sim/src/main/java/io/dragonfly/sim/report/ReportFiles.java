// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.sim.report;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// All files of a report, by name, from outcomes alone.
///
/// @param policies in the order in which they are shown
/// @param families what scenarios are called that differ only in the number of hosts, which stands
///   behind a dash at the end: they become lines
/// @param about one line for each scenario
/// @param command what writes the report, as people type it
public record ReportFiles(
        List<String> policies, List<String> families, Map<String, String> about, String command) {
    /// The file that the others are made of.
    public static final String OUTCOMES = "outcomes.csv";

    /// Figures are taken as they are written down, so that the same file gives the same pages.
    Map<String, String> of(List<Outcome> outcomes) {
        String written = OutcomeFile.format(outcomes);
        List<Summary> rows = Summary.of(OutcomeFile.parse(written));
        List<Pictures.Picture> pictures = new Pictures(rows, policies, families).draw();
        Map<String, String> files = new LinkedHashMap<>();
        files.put(OUTCOMES, written);
        files.put("report.md", ReportText.write(rows, policies, about, pictures, command));
        pictures.forEach(picture -> files.put(picture.file(), picture.drawing()));
        return files;
    }
}
