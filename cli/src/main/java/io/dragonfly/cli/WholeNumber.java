// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// A whole number with bounds, checked while options are read: so an error names the option, or the
/// file and line, that the number comes from.
public abstract class WholeNumber implements ITypeConverter<Integer> {
    private final int least;
    private final int most;

    /// @param least that is allowed
    /// @param most that is allowed
    protected WholeNumber(int least, int most) {
        this.least = least;
        this.most = most;
    }

    @Override
    public final Integer convert(String text) {
        try {
            int number = Integer.parseInt(text.strip());
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException _) {
            // Said below, like a number out of bounds.
        }
        throw new TypeConversionException(
                "'" + text + "' is not a whole number of " + least + " to " + most);
    }

    /// A port; 0 is any free one.
    public static final class Port extends WholeNumber {
        public Port() {
            super(0, 65_535);
        }
    }

    /// A port, or -1 for none.
    public static final class OptionalPort extends WholeNumber {
        public OptionalPort() {
            super(-1, 65_535);
        }
    }

    /// How many of something that there must be at least one of.
    public static final class Count extends WholeNumber {
        public Count() {
            super(1, 1_000_000);
        }
    }
}
