// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.net.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import com.fasterxml.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.util.stream.Collectors;

/// JSON bodies from and to records. Unknown fields are an error: a misspelt option must not be
/// ignored.
final class Json {
    private static final int MAX_DEPTH = 64;

    private static final ObjectMapper MAPPER =
            JsonMapper.builder(
                            JsonFactory.builder()
                                    .recyclerPool(JsonRecyclerPools.newBoundedPool(64))
                                    .streamReadConstraints(
                                            StreamReadConstraints.builder()
                                                    .maxNestingDepth(MAX_DEPTH)
                                                    .build())
                                    .build())
                    .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .build();

    private Json() {}

    static byte[] bytes(Object value) {
        try {
            return MAPPER.writeValueAsBytes(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("cannot be written as JSON: " + value.getClass(), e);
        }
    }

    /// @throws ProblemException 400 that says what is wrong and never repeats a value
    static <T> T read(byte[] body, Class<T> type) throws ProblemException {
        T value;
        try {
            value = MAPPER.readValue(body, type);
        } catch (IOException e) {
            throw new ProblemException(400, "bad-json", "the body is wrong: " + explain(e));
        }
        if (value == null) {
            throw new ProblemException(400, "bad-json", "the body is wrong: it is null");
        }
        return value;
    }

    private static String explain(IOException cause) {
        return switch (cause) {
            case UnrecognizedPropertyException e -> "unknown field " + e.getPropertyName();
            case ValueInstantiationException e
                    when e.getCause() instanceof IllegalArgumentException ->
                    field(e) + e.getCause().getMessage();
            case JsonMappingException e -> field(e) + "missing or of the wrong type";
            case JsonProcessingException e ->
                    "not JSON at line %d, column %d"
                            .formatted(
                                    e.getLocation() == null ? 0 : e.getLocation().getLineNr(),
                                    e.getLocation() == null ? 0 : e.getLocation().getColumnNr());
            default -> "it cannot be read";
        };
    }

    private static String field(JsonMappingException e) {
        String path =
                e.getPath().stream()
                        .map(r ->
                                r.getFieldName() == null
                                        ? "[" + r.getIndex() + "]"
                                        : r.getFieldName())
                        .collect(Collectors.joining("."));
        return path.isEmpty() ? "" : path + ": ";
    }
}
