// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.core.protocol;

/// One field of a message as the wire has it.
///
/// @param min smallest number, or fewest characters of a text
/// @param max largest number, or most characters of a text or of each text of a list
/// @param maxItems most items of a list, else 0
record Field(String name, Kind kind, boolean nullable, long min, long max, int maxItems) {
    /// What a field's JSON value looks like.
    enum Kind {
        /// Any text.
        TEXT,
        /// A text for people: control characters become spaces, so it is one line wherever it shows.
        LINE,
        /// Lower-case hexadecimal digits.
        HEX,
        INT,
        LONG,
        BOOL,
        /// A list of texts.
        TEXTS,
        /// A list of non-negative ints.
        INTS,
        /// A [FailureReason] in kebab case.
        REASON
    }

    static Field text(String name, int min, int max) {
        return new Field(name, Kind.TEXT, false, min, max, 0);
    }

    static Field line(String name, int max) {
        return new Field(name, Kind.LINE, false, 0, max, 0);
    }

    static Field hex(String name, int digits) {
        return new Field(name, Kind.HEX, false, digits, digits, 0);
    }

    static Field integer(String name, int min, int max) {
        return new Field(name, Kind.INT, false, min, max, 0);
    }

    static Field count(String name) {
        return integer(name, 0, Integer.MAX_VALUE);
    }

    static Field longInteger(String name, long min) {
        return new Field(name, Kind.LONG, false, min, Long.MAX_VALUE, 0);
    }

    static Field bool(String name) {
        return new Field(name, Kind.BOOL, false, 0, 0, 0);
    }

    static Field texts(String name, int maxItems, int maxEach) {
        return new Field(name, Kind.TEXTS, false, 0, maxEach, maxItems);
    }

    static Field counts(String name, int maxItems) {
        return new Field(name, Kind.INTS, false, 0, Integer.MAX_VALUE, maxItems);
    }

    static Field reason(String name) {
        return new Field(name, Kind.REASON, false, 0, 0, 0);
    }

    static Field version() {
        return hex("version", 32);
    }

    static Field peer(String name) {
        return text(name, 1, 128);
    }

    static Field host(String name) {
        return text(name, 1, 255).orNull();
    }

    static Field port(String name) {
        return integer(name, 0, 65_535);
    }

    Field orNull() {
        return new Field(name, kind, true, min, max, maxItems);
    }

    /// Says in words what the field may hold, for the reference and for errors.
    String describe() {
        String what =
                switch (kind) {
                    case TEXT -> "text, " + (min > 0 ? min + ".." : "up to ") + max + " characters";
                    case LINE -> "line, up to " + max + " characters";
                    case HEX -> max + " lower-case hex digits";
                    case INT, LONG -> "integer, " + number();
                    case BOOL -> "true or false";
                    case TEXTS -> "up to " + maxItems + " texts of up to " + max + " characters";
                    case INTS -> "up to " + maxItems + " integers >= 0";
                    case REASON -> "a failure reason";
                };
        return nullable ? what + "; may be absent" : what;
    }

    private String number() {
        boolean open = max == (kind == Kind.INT ? Integer.MAX_VALUE : Long.MAX_VALUE);
        return open ? ">= " + min : min + ".." + max;
    }
}
