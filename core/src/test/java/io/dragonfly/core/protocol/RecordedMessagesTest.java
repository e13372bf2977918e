// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.core.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/// The messages in `protocol/<version>/` were written by that version of the protocol and are never
/// changed: whatever comes later must understand them. A new message gets a new file.
final class RecordedMessagesTest {
    private final MessageCodec codec = new MessageCodec();
    private final ObjectMapper json = new ObjectMapper();

    @ParameterizedTest
    @ValueSource(ints = 1)
    void recorded_messages_decode_without_loss(int version) throws Exception {
        for (Path file : files(version, "from-peer")) {
            byte[] frame = Files.readAllBytes(file);
            List<FromPeer> messages = codec.decodeFromPeer(frame);
            byte[] again = codec.frame(messages.stream().map(codec::encode).toList());
            assertNothingLost(file, frame, again);
        }
        for (Path file : files(version, "from-supernode")) {
            byte[] frame = Files.readAllBytes(file);
            List<FromSupernode> messages = codec.decodeFromSupernode(frame);
            byte[] again = codec.frame(messages.stream().map(codec::encode).toList());
            assertNothingLost(file, frame, again);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = ProtocolVersion.MAX)
    void every_message_of_the_newest_version_is_recorded(int version) throws Exception {
        assertThat(names(files(version, "from-peer"))).isEqualTo(types(MessageTable.FROM_PEER));
        assertThat(names(files(version, "from-supernode")))
                .isEqualTo(types(MessageTable.FROM_SUPERNODE));
    }

    private void assertNothingLost(Path file, byte[] recorded, byte[] again) throws IOException {
        JsonNode before = json.readTree(recorded);
        JsonNode after = json.readTree(again);
        assertThat(after.size()).as(file.toString()).isEqualTo(before.size()).isPositive();
        for (int i = 0; i < before.size(); i++) {
            for (Map.Entry<String, JsonNode> field : before.get(i).properties()) {
                assertThat(after.get(i).get(field.getKey()))
                        .as("%s: %s", file, field.getKey())
                        .isEqualTo(field.getValue());
            }
        }
    }

    private static List<Path> files(int version, String direction)
            throws IOException, URISyntaxException {
        Path directory =
                Path.of(
                        Objects.requireNonNull(
                                        RecordedMessagesTest.class.getResource(
                                                "/protocol/" + version + "/" + direction))
                                .toURI());
        try (Stream<Path> files = Files.list(directory)) {
            return files.sorted().toList();
        }
    }

    private static Set<String> names(List<Path> files) {
        TreeSet<String> names = new TreeSet<>();
        for (Path file : files) {
            names.add(file.getFileName().toString().replace(".json", ""));
        }
        return names;
    }

    private static <M> Set<String> types(MessageTable<M> table) {
        TreeSet<String> names = new TreeSet<>();
        table.types().forEach(type -> names.add(type.name()));
        return names;
    }
}
