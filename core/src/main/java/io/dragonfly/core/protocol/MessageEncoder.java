// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.core.protocol;

import io.dragonfly.core.model.Check;

import org.jspecify.annotations.Nullable;

import java.util.List;

/// Messages to JSON objects.
final class MessageEncoder {
    private final int maxBytes;

    MessageEncoder(int maxBytes) {
        this.maxBytes = maxBytes;
    }

    <M> byte[] encode(MessageTable<M> table, M message) {
        MessageType<M> type = table.of(message);
        JsonBytes out = new JsonBytes();
        out.ascii("{\"type\":\"").ascii(type.name()).ascii("\"");
        @Nullable Object[] values = type.encode().apply(message);
        List<Field> fields = type.fields();
        for (int i = 0; i < values.length; i++) {
            Object value = values[i];
            Field field = fields.get(i);
            if (value == null) {
                Check.argument(field.nullable(), "%s.%s is missing", type.name(), field.name());
                continue;
            }
            out.ascii(",\"").ascii(field.name()).ascii("\":");
            write(out, type, field, value);
        }
        out.ascii("}");
        // Two bytes for the array around a lonely message.
        Check.argument(
                out.size() + 2 <= maxBytes,
                "%s has %d bytes, a frame at most %d",
                type.name(),
                out.size(),
                maxBytes);
        return out.toByteArray();
    }

    private static void write(JsonBytes out, MessageType<?> type, Field field, Object value) {
        switch (field.kind()) {
            case TEXT, HEX -> out.text(checked(type, field, (String) value));
            case LINE -> out.text(Texts.oneLine(checked(type, field, (String) value)));
            case INT, LONG -> out.number(checked(type, field, ((Number) value).longValue()));
            case BOOL -> out.ascii((Boolean) value ? "true" : "false");
            case REASON -> out.ascii("\"").ascii(Texts.name((FailureReason) value)).ascii("\"");
            case TEXTS, INTS -> writeList(out, type, field, (List<?>) value);
        }
    }

    private static void writeList(JsonBytes out, MessageType<?> type, Field field, List<?> items) {
        check(items.size() <= field.maxItems(), type, field);
        out.ascii("[");
        boolean first = true;
        for (Object item : items) {
            if (!first) {
                out.ascii(",");
            }
            first = false;
            if (item instanceof Integer number) {
                out.number(checked(type, field, number));
            } else {
                out.text(checked(type, field, (String) item));
            }
        }
        out.ascii("]");
    }

    private static String checked(MessageType<?> type, Field field, String text) {
        check(text.length() >= field.min() && text.length() <= field.max(), type, field);
        check(field.kind() != Field.Kind.HEX || Texts.isHex(text), type, field);
        return text;
    }

    private static long checked(MessageType<?> type, Field field, long number) {
        check(number >= field.min() && number <= field.max(), type, field);
        return number;
    }

    private static void check(boolean condition, MessageType<?> type, Field field) {
        if (!condition) {
            throw new IllegalArgumentException(
                    "%s.%s must be: %s".formatted(type.name(), field.name(), field.describe()));
        }
    }
}
