// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.core.protocol;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Objects;

/// The decoded fields of one message by their place in [MessageType#fields]. The decoder has put
/// the right type into each place and has refused a message that lacks a required one.
final class FieldValues {
    private final @Nullable Object[] values;

    FieldValues(int size) {
        values = new @Nullable Object[size];
    }

    boolean has(int index) {
        return values[index] != null;
    }

    void set(int index, Object value) {
        values[index] = value;
    }

    String text(int index) {
        return (String) required(index);
    }

    @Nullable String textOrNull(int index) {
        return (String) values[index];
    }

    int integer(int index) {
        return (Integer) required(index);
    }

    long longInteger(int index) {
        return (Long) required(index);
    }

    boolean bool(int index) {
        return (Boolean) required(index);
    }

    @SuppressWarnings("unchecked") // only the decoder fills this, by the field's kind
    List<String> texts(int index) {
        return (List<String>) required(index);
    }

    @SuppressWarnings("unchecked") // only the decoder fills this, by the field's kind
    List<Integer> counts(int index) {
        return (List<Integer>) required(index);
    }

    FailureReason reason(int index) {
        return (FailureReason) required(index);
    }

    private Object required(int index) {
        return Objects.requireNonNull(values[index]);
    }
}
