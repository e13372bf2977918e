// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.sim.report;

import java.util.List;

/// Bars from left to right, one of each series for each row. Bars that leave the drawing are cut,
/// and say how long they are.
record BarChart(String title, String label, List<String> series, List<Row> rows) {
    private static final int WIDTH = 760;
    private static final int LEFT = 210;
    private static final int RIGHT = 110;
    private static final int TOP = 70;
    private static final int BAR = 12;
    private static final int GAP = 8;
    private static final double LONGEST = 4;

    /// @param bars one for each series
    record Row(String name, List<Bar> bars) {}

    /// @param value NaN for none
    /// @param words at its end
    record Bar(double value, String words) {}

    String draw() {
        int row = series.size() * BAR + GAP;
        double bottom = TOP + rows.size() * row;
        Svg svg = new Svg(WIDTH, (int) bottom + 48, title);
        double high = 2;
        for (Row each : rows) {
            for (Bar bar : each.bars) {
                high = Double.isNaN(bar.value) ? high : Math.max(high, bar.value);
            }
        }
        Scale x = Scale.linear(0, Math.min(high, LONGEST), LEFT, WIDTH - RIGHT);
        for (int i = 0; i < series.size(); i++) {
            double left = LEFT + i * 110;
            svg.rect(Svg.fill(i), left, 38, 12, 12);
            svg.text("", "start", left + 18, 48, series.get(i));
        }
        for (double tick : x.ticks()) {
            svg.line(tick == 1 ? "bound" : "grid", x.at(tick), TOP - 6, x.at(tick), bottom);
            svg.text("small", "middle", x.at(tick), bottom + 16, Scale.shown(tick));
        }
        for (int i = 0; i < rows.size(); i++) {
            draw(svg, rows.get(i), x, TOP + i * row);
        }
        svg.line("axis", LEFT, TOP - 6, LEFT, bottom);
        svg.text("", "middle", (LEFT + WIDTH - RIGHT) / 2.0, bottom + 36, label);
        return svg.end();
    }

    private static void draw(Svg svg, Row row, Scale x, double top) {
        double middle = top + row.bars.size() * BAR / 2.0;
        svg.text("", "end", LEFT - 8, middle + 4, row.name);
        for (int i = 0; i < row.bars.size(); i++) {
            Bar bar = row.bars.get(i);
            double end = Double.isNaN(bar.value) ? LEFT : x.at(Math.min(bar.value, x.high()));
            double y = top + i * BAR;
            svg.rect(Svg.fill(i), LEFT, y, end - LEFT, BAR - 2);
            svg.text("small", "start", end + 5, y + BAR - 3, bar.words);
        }
    }
}
