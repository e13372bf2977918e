// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.sim.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// From values to places on a drawing.
///
/// @param low value at `from`
/// @param high value at `to`
/// @param logarithmic equal steps are equal factors
record Scale(double low, double high, double from, double to, boolean logarithmic) {
    /// From zero, or another round start, to a round end at or above `high`.
    static Scale linear(double low, double high, double from, double to) {
        double step = step(high - low);
        return new Scale(low, low + step * Math.ceil((high - low) / step - 1e-9), from, to, false);
    }

    /// From one power of ten or twice or five times one to another.
    static Scale logarithmic(double low, double high, double from, double to) {
        return new Scale(round(low, false), round(high, true), from, to, true);
    }

    private static double round(double value, boolean up) {
        double power = StrictMath.pow(10, Math.floor(StrictMath.log10(value) + 1e-9));
        double rounded = up ? 10 * power : power;
        for (double digit : new double[] {1, 2, 5}) {
            if (up ? digit * power >= value * (1 - 1e-9) : digit * power <= value * (1 + 1e-9)) {
                if (up) {
                    return digit * power;
                }
                rounded = digit * power;
            }
        }
        return rounded;
    }

    double at(double value) {
        double part =
                logarithmic
                        ? (StrictMath.log10(value) - StrictMath.log10(low))
                                / (StrictMath.log10(high) - StrictMath.log10(low))
                        : (value - low) / (high - low);
        return from + part * (to - from);
    }

    /// Values to write at the axis.
    List<Double> ticks() {
        List<Double> ticks = new ArrayList<>();
        if (logarithmic) {
            boolean wide = high / low > 1000;
            for (double power = StrictMath.pow(10, Math.floor(StrictMath.log10(low) + 1e-9));
                    power <= high * (1 + 1e-9);
                    power *= 10) {
                for (double digit : wide ? new double[] {1} : new double[] {1, 2, 5}) {
                    double tick = power * digit;
                    if (tick >= low * (1 - 1e-9) && tick <= high * (1 + 1e-9)) {
                        ticks.add(tick);
                    }
                }
            }
            return ticks;
        }
        double step = step(high - low);
        for (int i = 0; low + i * step <= high * (1 + 1e-9); i++) {
            ticks.add(low + i * step);
        }
        return ticks;
    }

    /// 1, 2 or 5 times a power of ten, so that there are 4 to 10 steps.
    private static double step(double span) {
        double power = StrictMath.pow(10, Math.floor(StrictMath.log10(span / 4)));
        double step = power;
        for (double digit : new double[] {2, 5}) {
            step = span / (digit * power) >= 4 ? digit * power : step;
        }
        return step;
    }

    /// A value for people: no digits that say nothing.
    static String shown(double value) {
        String text = String.format(Locale.ROOT, value >= 100 ? "%.0f" : "%.2f", value);
        return text.contains(".") ? text.replaceAll("\\.?0+$", "") : grouped(text);
    }

    private static String grouped(String digits) {
        return digits.length() < 5 ? digits : digits.replaceAll("(?<=\\d)(?=(\\d{3})+$)", ",");
    }
}
