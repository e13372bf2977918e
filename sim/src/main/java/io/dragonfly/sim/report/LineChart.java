// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.sim.report;

import java.util.ArrayList;
import java.util.List;

/// Lines over the number of hosts, which grows by factors.
///
/// @param fromOne whether values are ratios, of which 1 is the best
record LineChart(String title, String xLabel, String yLabel, boolean fromOne, List<Series> series) {
    private static final int WIDTH = 720;
    private static final int HEIGHT = 400;
    private static final int LEFT = 64;
    private static final int RIGHT = 200;
    private static final int TOP = 44;
    private static final int BOTTOM = 52;

    /// Above this factor between values the scale grows by factors.
    private static final double WIDE = 20;

    /// @param colour number of a colour; lines of the same policy share one
    /// @param points each number of hosts and value, by number
    record Series(String name, int colour, boolean dashed, List<double[]> points) {}

    LineChart {
        series = series.stream().filter(s -> !s.points.isEmpty()).toList();
    }

    String draw() {
        Svg svg = new Svg(WIDTH, HEIGHT, title);
        double right = WIDTH - RIGHT;
        double bottom = HEIGHT - BOTTOM;
        Scale x = Scale.logarithmic(extreme(0, false), extreme(0, true), LEFT, right);
        double low = extreme(1, false);
        double high = extreme(1, true);
        Scale y =
                !fromOne && high / low > WIDE
                        ? Scale.logarithmic(low, high, bottom, TOP)
                        : Scale.linear(
                                fromOne ? 1 : 0, Math.max(high, fromOne ? 1.1 : 0), bottom, TOP);
        for (double tick : y.ticks()) {
            svg.line("grid", LEFT, y.at(tick), right, y.at(tick));
            svg.text("small", "end", LEFT - 6, y.at(tick) + 4, Scale.shown(tick));
        }
        for (double tick : x.ticks()) {
            svg.line("grid", x.at(tick), bottom, x.at(tick), TOP);
            svg.text("small", "middle", x.at(tick), bottom + 16, Scale.shown(tick));
        }
        svg.path(
                "axis",
                List.of(
                        new double[] {LEFT, TOP},
                        new double[] {LEFT, bottom},
                        new double[] {right, bottom}));
        svg.text("", "middle", (LEFT + right) / 2, HEIGHT - 14, xLabel);
        svg.upright(18, (TOP + bottom) / 2, yLabel);
        for (int i = 0; i < series.size(); i++) {
            draw(svg, series.get(i), x, y, TOP + 10 + i * 20);
        }
        return svg.end();
    }

    private static void draw(Svg svg, Series line, Scale x, Scale y, double legend) {
        List<double[]> places = new ArrayList<>();
        for (double[] point : line.points) {
            places.add(new double[] {x.at(point[0]), y.at(point[1])});
        }
        String style = "line " + Svg.stroke(line.colour) + (line.dashed ? " dashed" : "");
        svg.path(style, places);
        for (double[] place : places) {
            svg.dot(Svg.fill(line.colour), place[0], place[1]);
        }
        double left = WIDTH - RIGHT + 14;
        svg.line(style, left, legend, left + 28, legend);
        svg.text("", "start", left + 36, legend + 4, line.name);
    }

    private double extreme(int coordinate, boolean largest) {
        double value = largest ? -Double.MAX_VALUE : Double.MAX_VALUE;
        for (Series line : series) {
            for (double[] point : line.points) {
                value =
                        largest
                                ? Math.max(value, point[coordinate])
                                : Math.min(value, point[coordinate]);
            }
        }
        return value;
    }
}
