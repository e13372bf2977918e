// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.core.protocol;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.util.TokenBuffer;

import io.dragonfly.core.protocol.ProtocolException.Code;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// Frames of one direction to messages, in one pass over the tokens.
final class MessageDecoder<M> {
    private final MessageTable<M> table;
    private final JsonFactory json;
    private final int maxBytes;
    private final int maxMessages;

    MessageDecoder(MessageTable<M> table, JsonFactory json, int maxBytes, int maxMessages) {
        this.table = table;
        this.json = json;
        this.maxBytes = maxBytes;
        this.maxMessages = maxMessages;
    }

    List<M> decode(byte[] frame, int offset, int length) throws ProtocolException {
        if (length > maxBytes) {
            throw new ProtocolException(
                    Code.TOO_LARGE, "a frame of %d bytes, at most %d".formatted(length, maxBytes));
        }
        try (JsonParser parser = json.createParser(frame, offset, length)) {
            return messages(parser);
        } catch (StreamConstraintsException e) {
            throw new ProtocolException(
                    Code.TOO_LARGE, "the frame nests too deep or holds too long a name or number");
        } catch (IOException e) {
            // The parser's own text would repeat what it read, and that may be a credential.
            throw new ProtocolException(Code.NOT_JSON, "the frame is not JSON in UTF-8");
        }
    }

    private List<M> messages(JsonParser parser) throws IOException, ProtocolException {
        if (parser.nextToken() != JsonToken.START_ARRAY) {
            throw new ProtocolException(Code.NOT_MESSAGES, "the frame is not a JSON array");
        }
        List<M> messages = new ArrayList<>();
        int count = 0;
        for (JsonToken t = parser.nextToken(); t != JsonToken.END_ARRAY; t = parser.nextToken()) {
            if (t != JsonToken.START_OBJECT) {
                throw new ProtocolException(Code.NOT_MESSAGES, "the frame holds a non-object");
            }
            if (++count > maxMessages) {
                throw new ProtocolException(
                        Code.TOO_LARGE, "more than " + maxMessages + " messages in one frame");
            }
            M message = message(parser);
            if (message != null) {
                messages.add(message);
            }
        }
        if (parser.nextToken() != null) {
            throw new ProtocolException(Code.NOT_MESSAGES, "the frame goes on after its array");
        }
        return messages;
    }

    private @Nullable M message(JsonParser parser) throws IOException, ProtocolException {
        if (!"type".equals(parser.nextFieldName())) {
            return messageWithLateType(parser);
        }
        MessageType<M> type = type(parser);
        if (type == null) {
            skipRest(parser);
            return null;
        }
        return fields(parser, type);
    }

    /// Our own software writes the type first. Whoever does not is understood too, at the price of
    /// a copy.
    private @Nullable M messageWithLateType(JsonParser parser)
            throws IOException, ProtocolException {
        MessageType<M> type = null;
        boolean typed = false;
        try (TokenBuffer rest = new TokenBuffer(parser)) {
            rest.writeStartObject();
            for (String name = parser.currentName();
                    parser.currentToken() != JsonToken.END_OBJECT;
                    name = parser.nextFieldName()) {
                if ("type".equals(name)) {
                    if (typed) {
                        throw new ProtocolException(Code.WRONG_TYPE, "a message has two types");
                    }
                    typed = true;
                    type = type(parser);
                } else {
                    rest.copyCurrentStructure(parser);
                }
            }
            rest.writeEndObject();
            if (!typed) {
                throw new ProtocolException(Code.NOT_MESSAGES, "a message has no type");
            }
            if (type == null) {
                return null;
            }
            try (JsonParser again = rest.asParser()) {
                again.nextToken();
                return fields(again, type);
            }
        }
    }

    private @Nullable MessageType<M> type(JsonParser parser) throws IOException, ProtocolException {
        if (parser.nextToken() != JsonToken.VALUE_STRING) {
            throw new ProtocolException(Code.NOT_MESSAGES, "the type of a message is not a text");
        }
        return table.named(parser.getText());
    }

    private static void skipRest(JsonParser parser) throws IOException {
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            parser.nextToken();
            parser.skipChildren();
        }
    }

    private M fields(JsonParser parser, MessageType<M> type) throws IOException, ProtocolException {
        List<Field> fields = type.fields();
        FieldValues values = new FieldValues(fields.size());
        int expected = 0;
        for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
            int index = find(fields, name, expected);
            JsonToken token = parser.nextToken();
            if (index < 0) {
                parser.skipChildren();
                continue;
            }
            expected = index + 1;
            if (token == JsonToken.VALUE_NULL) {
                continue;
            }
            if (values.has(index)) {
                throw wrong(type, fields.get(index), Code.WRONG_TYPE, "is there twice");
            }
            values.set(index, value(parser, token, type, fields.get(index)));
        }
        for (int i = 0; i < fields.size(); i++) {
            if (!values.has(i) && !fields.get(i).nullable()) {
                throw wrong(type, fields.get(i), Code.MISSING_FIELD, "is missing");
            }
        }
        return type.decode().apply(values);
    }

    /// The place of a field; fields come in the table's order from our own software.
    private static int find(List<Field> fields, String name, int expected) {
        int size = fields.size();
        for (int i = 0; i < size; i++) {
            int index = expected + i < size ? expected + i : expected + i - size;
            if (fields.get(index).name().equals(name)) {
                return index;
            }
        }
        return -1;
    }

    private Object value(JsonParser parser, JsonToken token, MessageType<M> type, Field field)
            throws IOException, ProtocolException {
        return switch (field.kind()) {
            case TEXT, LINE, HEX -> text(parser, token, type, field);
            case INT -> (int) number(parser, token, type, field);
            case LONG -> number(parser, token, type, field);
            case BOOL -> bool(token, type, field);
            case TEXTS -> texts(parser, token, type, field);
            case INTS -> ints(parser, token, type, field);
            case REASON -> reason(parser, token, type, field);
        };
    }

    private String text(JsonParser parser, JsonToken token, MessageType<M> type, Field field)
            throws IOException, ProtocolException {
        if (token != JsonToken.VALUE_STRING) {
            throw wrong(type, field, Code.WRONG_TYPE, "is not a text");
        }
        String text = parser.getText();
        if (text.length() > field.max()) {
            throw wrong(type, field, Code.TOO_LARGE, "is too long");
        }
        if (text.length() < field.min()) {
            throw wrong(type, field, Code.BAD_VALUE, "is too short");
        }
        if (field.kind() == Field.Kind.HEX && !Texts.isHex(text)) {
            throw wrong(type, field, Code.BAD_VALUE, "is not lower-case hex");
        }
        return field.kind() == Field.Kind.LINE ? Texts.oneLine(text) : text;
    }

    private long number(JsonParser parser, JsonToken token, MessageType<M> type, Field field)
            throws IOException, ProtocolException {
        if (token != JsonToken.VALUE_NUMBER_INT) {
            throw wrong(type, field, Code.WRONG_TYPE, "is not an integer");
        }
        if (parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
            throw wrong(type, field, Code.BAD_VALUE, "is out of range");
        }
        long number = parser.getLongValue();
        if (number < field.min() || number > field.max()) {
            throw wrong(type, field, Code.BAD_VALUE, "is out of range");
        }
        return number;
    }

    private Boolean bool(JsonToken token, MessageType<M> type, Field field)
            throws ProtocolException {
        if (!token.isBoolean()) {
            throw wrong(type, field, Code.WRONG_TYPE, "is not true or false");
        }
        return token == JsonToken.VALUE_TRUE;
    }

    private List<String> texts(JsonParser parser, JsonToken token, MessageType<M> type, Field field)
            throws IOException, ProtocolException {
        List<String> texts = new ArrayList<>();
        startArray(token, type, field);
        for (JsonToken t = parser.nextToken(); t != JsonToken.END_ARRAY; t = parser.nextToken()) {
            checkItems(texts.size(), type, field);
            texts.add(text(parser, t, type, field));
        }
        return Collections.unmodifiableList(texts);
    }

    private List<Integer> ints(JsonParser parser, JsonToken token, MessageType<M> type, Field field)
            throws IOException, ProtocolException {
        List<Integer> ints = new ArrayList<>();
        startArray(token, type, field);
        for (JsonToken t = parser.nextToken(); t != JsonToken.END_ARRAY; t = parser.nextToken()) {
            checkItems(ints.size(), type, field);
            ints.add((int) number(parser, t, type, field));
        }
        return Collections.unmodifiableList(ints);
    }

    private FailureReason reason(
            JsonParser parser, JsonToken token, MessageType<M> type, Field field)
            throws IOException, ProtocolException {
        if (token != JsonToken.VALUE_STRING) {
            throw wrong(type, field, Code.WRONG_TYPE, "is not a text");
        }
        FailureReason reason = Texts.reason(parser.getText());
        if (reason == null) {
            throw wrong(type, field, Code.BAD_VALUE, "is no known reason");
        }
        return reason;
    }

    private void startArray(JsonToken token, MessageType<M> type, Field field)
            throws ProtocolException {
        if (token != JsonToken.START_ARRAY) {
            throw wrong(type, field, Code.WRONG_TYPE, "is not a list");
        }
    }

    private void checkItems(int size, MessageType<M> type, Field field) throws ProtocolException {
        if (size >= field.maxItems()) {
            throw wrong(type, field, Code.TOO_LARGE, "has too many items");
        }
    }

    private static ProtocolException wrong(
            MessageType<?> type, Field field, Code code, String what) {
        return new ProtocolException(
                code,
                type.name() + "." + field.name() + " " + what + " (" + field.describe() + ")");
    }
}
