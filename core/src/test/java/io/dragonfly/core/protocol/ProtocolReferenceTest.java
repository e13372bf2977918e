// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.core.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// docs/protocol-control.md has a section for every message, with the fields of the table; the
/// prose around them is free.
final class ProtocolReferenceTest {
    private static final Path REFERENCE = Path.of("..", "docs", "protocol-control.md");
    private static final Pattern SECTION =
            Pattern.compile("(?ms)^### `([a-z-]+)`\n(.*?)(?=^##|\\z)");

    @Test
    void the_reference_has_every_message_with_its_fields_and_no_other() throws IOException {
        Map<String, String> sections = new LinkedHashMap<>();
        Matcher matcher = SECTION.matcher(Files.readString(REFERENCE));
        while (matcher.find()) {
            sections.put(matcher.group(1), matcher.group(2));
        }
        List<MessageType<?>> types = new ArrayList<>(MessageTable.FROM_PEER.types());
        types.addAll(MessageTable.FROM_SUPERNODE.types());
        assertThat(sections.keySet())
                .containsExactlyElementsOf(types.stream().map(MessageType::name).toList());
        for (MessageType<?> type : types) {
            assertThat(sections.get(type.name())).as(type.name()).contains(fields(type));
        }
    }

    private static String fields(MessageType<?> type) {
        if (type.fields().isEmpty()) {
            return "No fields.";
        }
        StringBuilder text = new StringBuilder("| field | value |\n|---|---|\n");
        for (Field field : type.fields()) {
            text.append("| `%s` | %s |\n".formatted(field.name(), field.describe()));
        }
        return text.toString();
    }
}
