// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.core.protocol;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/// Messages made from the table: each field with a value of its own, or a random one within limits.
final class SampleMessages {
    private SampleMessages() {}

    /// One message of each type with every field set.
    static <M> List<M> full(MessageTable<M> table) {
        return table.types().stream().map(type -> message(type, null, true)).toList();
    }

    /// One message of each type without the fields that may be absent.
    static <M> List<M> sparse(MessageTable<M> table) {
        return table.types().stream().map(type -> message(type, null, false)).toList();
    }

    static <M> M random(MessageTable<M> table, RandomGenerator random) {
        List<MessageType<M>> types = table.types();
        return message(types.get(random.nextInt(types.size())), random, random.nextBoolean());
    }

    private static <M> M message(
            MessageType<M> type, @Nullable RandomGenerator random, boolean full) {
        FieldValues values = new FieldValues(type.fields().size());
        for (int i = 0; i < type.fields().size(); i++) {
            Field field = type.fields().get(i);
            if (full || !field.nullable()) {
                values.set(i, random == null ? fixed(field, i) : random(field, random));
            }
        }
        return type.decode().apply(values);
    }

    private static Object fixed(Field field, int index) {
        return switch (field.kind()) {
            case TEXT, LINE -> field.name() + " of \"" + index + "\" \\ é 漢 𝄞";
            case HEX ->
                    "%x".formatted(index).repeat((int) field.max()).substring(0, (int) field.max());
            case INT -> (int) Math.max(field.min(), 100 + index);
            case LONG -> (1L << 40) + index;
            case BOOL -> true;
            case TEXTS -> List.of("first " + index, "", "third: x=y; \"q\"");
            case INTS -> List.of(0, index, Integer.MAX_VALUE);
            case REASON -> FailureReason.UNKNOWN_VERSION;
        };
    }

    private static Object random(Field field, RandomGenerator random) {
        return switch (field.kind()) {
            case TEXT -> text(random, (int) field.min(), (int) Math.min(field.max(), 50), true);
            case LINE -> text(random, 0, (int) Math.min(field.max(), 50), false);
            case HEX -> hex(random, (int) field.max());
            case INT -> (int) random.nextLong(field.min(), field.max() + 1);
            case LONG -> random.nextLong(field.min(), Long.MAX_VALUE);
            case BOOL -> random.nextBoolean();
            case TEXTS -> texts(random);
            case INTS -> ints(random);
            case REASON -> {
                List<FailureReason> reasons = List.of(FailureReason.values());
                yield reasons.get(random.nextInt(reasons.size()));
            }
        };
    }

    private static List<String> texts(RandomGenerator random) {
        List<String> texts = new ArrayList<>();
        int size = random.nextInt(5);
        for (int i = 0; i < size; i++) {
            texts.add(text(random, 0, 20, true));
        }
        return texts;
    }

    private static List<Integer> ints(RandomGenerator random) {
        List<Integer> ints = new ArrayList<>();
        int size = random.nextInt(10);
        for (int i = 0; i < size; i++) {
            ints.add(random.nextInt(Integer.MAX_VALUE));
        }
        return ints;
    }

    private static String text(RandomGenerator random, int min, int max, boolean controls) {
        int length = random.nextInt(min, max / 2 + 1);
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            int c =
                    switch (random.nextInt(4)) {
                        case 0 -> random.nextInt(controls ? 0 : 0x20, 0x7f);
                        case 1 -> random.nextInt(0xa0, 0x800);
                        case 2 -> random.nextInt(0x10000, 0x10ffff);
                        default -> random.nextInt(0x20, 0x7f);
                    };
            text.appendCodePoint(c);
        }
        return text.toString();
    }

    private static String hex(RandomGenerator random, int digits) {
        StringBuilder hex = new StringBuilder();
        for (int i = 0; i < digits; i++) {
            hex.append(Character.forDigit(random.nextInt(16), 16));
        }
        return hex.toString();
    }
}
