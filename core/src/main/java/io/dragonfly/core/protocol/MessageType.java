// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.core.protocol;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.function.Function;

/// One row of the table of messages: the record, its name on the wire, its fields in wire order
/// (the order of the record's components), and how record and field values become each other.
record MessageType<M>(
        String name,
        Class<? extends M> record,
        List<Field> fields,
        Function<FieldValues, M> decode,
        Function<M, @Nullable Object[]> encode) {
    /// A row, with the cast that each row would need otherwise.
    static <M, T extends M> MessageType<M> of(
            Class<T> record,
            String name,
            List<Field> fields,
            Function<FieldValues, T> decode,
            Function<T, @Nullable Object[]> encode) {
        return new MessageType<>(
                name, record, fields, decode::apply, m -> encode.apply(record.cast(m)));
    }

    /// An array of field values; exists because array creation cannot be written as an expression
    /// of nullable items.
    static @Nullable Object[] row(@Nullable Object... values) {
        return values;
    }
}
