// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.sim.report;

import java.util.List;
import java.util.Locale;

/// Writes a drawing as SVG, on a ground of its own: light, or dark where the reader prefers that.
/// Colours go by series: 0 to 5.
final class Svg {
    private static final List<String> LIGHT =
            List.of("#0550ae", "#bc4c00", "#6e7781", "#116329", "#8250df", "#a40e26");
    private static final List<String> DARK =
            List.of("#6cb6ff", "#f69d50", "#adbac7", "#6bc46d", "#dcbdfb", "#ff938a");

    private final StringBuilder text = new StringBuilder();

    /// @param title also what is read out to those who do not see it
    Svg(int width, int height, String title) {
        text.append(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" role=\"img\">\n"
                        .formatted(width, height, width, height));
        text.append("<title>").append(escape(title)).append("</title>\n");
        text.append("<style>\n").append(style()).append("</style>\n");
        rect("ground", 0, 0, width, height);
        text("title", "start", 12, 22, title);
    }

    private static String style() {
        return """
        svg { font-family: Helvetica, Arial, sans-serif; font-size: 12px }
        .ground { fill: #ffffff } text { fill: #24292f }
        .title { font-size: 14px; font-weight: bold }
        .axis { stroke: #57606a; fill: none } .grid { stroke: #d8dee4; fill: none }
        .bound { stroke: #24292f; fill: none; stroke-dasharray: 2 3 } .small { font-size: 11px }
        .line { fill: none; stroke-width: 2 } .dashed { stroke-dasharray: 6 4 }
        %s
        @media (prefers-color-scheme: dark) {
        .ground { fill: #0d1117 } text { fill: #e6edf3 }
        .axis { stroke: #8d96a0 } .grid { stroke: #30363d } .bound { stroke: #e6edf3 }
        %s
        }
        """
                .formatted(colours(LIGHT), colours(DARK));
    }

    private static String colours(List<String> colours) {
        StringBuilder css = new StringBuilder();
        for (int i = 0; i < colours.size(); i++) {
            css.append(
                            ".s%d { stroke: %s } .f%d { fill: %s }"
                                    .formatted(i, colours.get(i), i, colours.get(i)))
                    .append(i + 1 < colours.size() ? "\n" : "");
        }
        return css.toString();
    }

    /// The class of lines of a series, and of what is filled.
    static String stroke(int series) {
        return "s" + series % LIGHT.size();
    }

    static String fill(int series) {
        return "f" + series % LIGHT.size();
    }

    void rect(String style, double x, double y, double width, double height) {
        text.append(
                "<rect class=\"%s\" x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\"/>\n"
                        .formatted(style, at(x), at(y), at(width), at(height)));
    }

    void line(String style, double x1, double y1, double x2, double y2) {
        path(style, List.of(new double[] {x1, y1}, new double[] {x2, y2}));
    }

    /// @param points each x and y
    void path(String style, List<double[]> points) {
        StringBuilder d = new StringBuilder();
        for (double[] point : points) {
            d.append(d.isEmpty() ? "M" : " L")
                    .append(at(point[0]))
                    .append(' ')
                    .append(at(point[1]));
        }
        text.append("<path class=\"%s\" d=\"%s\"/>\n".formatted(style, d));
    }

    void dot(String style, double x, double y) {
        text.append(
                "<circle class=\"%s\" cx=\"%s\" cy=\"%s\" r=\"3.5\"/>\n"
                        .formatted(style, at(x), at(y)));
    }

    /// @param anchor `start`, `middle` or `end`
    void text(String style, String anchor, double x, double y, String words) {
        text.append(
                "<text class=\"%s\" text-anchor=\"%s\" x=\"%s\" y=\"%s\">%s</text>\n"
                        .formatted(style, anchor, at(x), at(y), escape(words)));
    }

    /// Read from below.
    void upright(double x, double y, String words) {
        text.append(
                ("<text text-anchor=\"middle\" transform=\"translate(%s %s) rotate(-90)\">%s"
                                + "</text>\n")
                        .formatted(at(x), at(y), escape(words)));
    }

    String end() {
        return text + "</svg>\n";
    }

    /// One decimal is a tenth of a dot.
    private static String at(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }

    private static String escape(String words) {
        return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
