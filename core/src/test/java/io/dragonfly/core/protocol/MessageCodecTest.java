// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.core.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.dragonfly.core.protocol.ProtocolException.Code;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

final class MessageCodecTest {
    private static final String VERSION = "0123456789abcdef0123456789abcdef";
    private static final String TASK = VERSION + VERSION;

    private final MessageCodec codec = new MessageCodec();

    @Test
    void every_record_has_a_row_with_its_components_in_order() {
        assertRows(FromPeer.class, MessageTable.FROM_PEER);
        assertRows(FromSupernode.class, MessageTable.FROM_SUPERNODE);
    }

    @Test
    void every_message_comes_back_as_it_was() throws ProtocolException {
        List<FromPeer> peer = new ArrayList<>(SampleMessages.full(MessageTable.FROM_PEER));
        peer.addAll(SampleMessages.sparse(MessageTable.FROM_PEER));
        assertThat(codec.decodeFromPeer(frameOfPeer(peer))).isEqualTo(peer);

        List<FromSupernode> node =
                new ArrayList<>(SampleMessages.full(MessageTable.FROM_SUPERNODE));
        node.addAll(SampleMessages.sparse(MessageTable.FROM_SUPERNODE));
        assertThat(codec.decodeFromSupernode(frameOfSupernode(node))).isEqualTo(node);
    }

    @Test
    void random_messages_come_back_as_they_were() throws ProtocolException {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 2000; i++) {
            List<FromPeer> peer = List.of(SampleMessages.random(MessageTable.FROM_PEER, random));
            assertThat(codec.decodeFromPeer(frameOfPeer(peer))).as("seed %d", seed).isEqualTo(peer);
            List<FromSupernode> node =
                    List.of(SampleMessages.random(MessageTable.FROM_SUPERNODE, random));
            assertThat(codec.decodeFromSupernode(frameOfSupernode(node)))
                    .as("seed %d", seed)
                    .isEqualTo(node);
        }
    }

    @Test
    void unknown_fields_are_ignored_and_unknown_types_skipped() throws ProtocolException {
        assertThat(
                        peer(
                                """
                                [{"type":"teleport","to":[1,{"x":[2]}]},
                                 {"type":"slots","x":{"a":[1,2]},"download":3,"y":null,"upload":4},
                                 {"type":"bye","why":"later"}]
                                """))
                .containsExactly(new FromPeer.Slots(3, 4), new FromPeer.Bye());
    }

    @Test
    void fields_may_come_in_any_order_even_before_the_type() throws ProtocolException {
        assertThat(
                        peer(
                                """
                                [{"upload":4,"x":{"type":"bye"},"type":"slots","download":3},
                                 {"x":1,"type":"teleport"},{"type":"leave","version":"%s"}]
                                """
                                        .formatted(VERSION)))
                .containsExactly(new FromPeer.Slots(3, 4), new FromPeer.Leave(VERSION));
    }

    @Test
    void an_empty_array_is_no_message() throws ProtocolException {
        assertThat(peer("[]")).isEmpty();
    }

    @Test
    void control_characters_in_a_line_for_people_become_spaces() throws ProtocolException {
        FromPeer ask = new FromPeer.OriginEnded(TASK, true, "nothing\nfrom\tanybody\u0085");
        assertThat(codec.decodeFromPeer(frameOfPeer(List.of(ask))))
                .containsExactly(new FromPeer.OriginEnded(TASK, true, "nothing from anybody "));
        assertThat(
                        peer(
                                "[{\"type\":\"origin-ended\",\"read\":true,\"task\":\""
                                        + TASK
                                        + "\",\"why\":\"a\\nb\"}]"))
                .containsExactly(new FromPeer.OriginEnded(TASK, true, "a b"));
    }

    @Test
    void a_text_with_half_a_surrogate_pair_can_be_passed_on() throws ProtocolException {
        List<FromPeer> odd =
                peer(
                        "[{\"type\":\"origin-ended\",\"read\":true,\"task\":\""
                                + TASK
                                + "\",\"why\":\"a\\ud800b\"}]");
        assertThat(codec.decodeFromPeer(frameOfPeer(odd)))
                .containsExactly(new FromPeer.OriginEnded(TASK, true, "a?b"));
    }

    @Test
    void what_is_no_message_is_refused_with_its_code() {
        assertRefused("", Code.NOT_MESSAGES);
        assertRefused("[", Code.NOT_JSON);
        assertRefused("{}", Code.NOT_MESSAGES);
        assertRefused("[1]", Code.NOT_MESSAGES);
        assertRefused("[null]", Code.NOT_MESSAGES);
        assertRefused("[{}]", Code.NOT_MESSAGES);
        assertRefused("[{\"a\":1}]", Code.NOT_MESSAGES);
        assertRefused("[{\"type\":1}]", Code.NOT_MESSAGES);
        assertRefused("[{\"type\":\"bye\"}] x", Code.NOT_JSON);
        assertRefused("[{\"type\":\"bye\"}] []", Code.NOT_MESSAGES);
        assertRefused("[{\"a\":1,\"type\":\"bye\",\"type\":\"bye\"}]", Code.WRONG_TYPE);
        assertRefused("[{\"type\":\"bye\"", Code.NOT_JSON);
        assertRefused("[{\"type\":\"teleport\"", Code.NOT_JSON);
    }

    @Test
    void a_bad_field_is_refused_and_named() {
        assertRefused("[{\"type\":\"slots\",\"download\":1}]", Code.MISSING_FIELD, "slots.upload");
        assertRefused("[{\"type\":\"slots\",\"download\":null,\"upload\":1}]", Code.MISSING_FIELD);
        assertRefused("[{\"type\":\"slots\",\"download\":\"1\",\"upload\":1}]", Code.WRONG_TYPE);
        assertRefused("[{\"type\":\"slots\",\"download\":1.0,\"upload\":1}]", Code.WRONG_TYPE);
        assertRefused("[{\"type\":\"slots\",\"download\":[],\"upload\":1}]", Code.WRONG_TYPE);
        assertRefused("[{\"type\":\"slots\",\"download\":-1,\"upload\":1}]", Code.BAD_VALUE);
        assertRefused(
                "[{\"type\":\"slots\",\"download\":2147483648,\"upload\":1}]", Code.BAD_VALUE);
        assertRefused(
                "[{\"type\":\"slots\",\"download\":99999999999999999999,\"upload\":1}]",
                Code.BAD_VALUE);
        assertRefused(
                "[{\"type\":\"slots\",\"download\":1,\"download\":1,\"upload\":1}]",
                Code.WRONG_TYPE,
                "twice");
        assertRefused(
                "[{\"type\":\"leave\",\"version\":\"abc\"}]", Code.BAD_VALUE, "leave.version");
        assertRefused(
                "[{\"type\":\"leave\",\"version\":\"" + "X".repeat(32) + "\"}]", Code.BAD_VALUE);
        assertRefused(
                "[{\"type\":\"leave\",\"version\":\"" + "a".repeat(33) + "\"}]", Code.TOO_LARGE);
        assertRefused("[{\"type\":\"leave\",\"version\":7}]", Code.WRONG_TYPE);
        String progress = "[{\"type\":\"progress\",\"version\":\"" + VERSION + "\",\"started\":";
        assertRefused(progress + "7}]", Code.WRONG_TYPE, "progress.started");
        assertRefused(progress + "[\"7\"]}]", Code.WRONG_TYPE, "progress.started");
        assertRefused(progress + "[-7]}]", Code.BAD_VALUE, "progress.started");
        String failed = "[{\"type\":\"failed\",\"version\":\"" + VERSION + "\",\"reason\":";
        assertRefused(failed + "\"bored\"}]", Code.BAD_VALUE, "failed.reason");
        assertRefused(failed + "1}]", Code.WRONG_TYPE, "failed.reason");
        assertRefused(
                "[{\"type\":\"register\",\"insecure\":0}]", Code.WRONG_TYPE, "register.insecure");
        assertRefused(
                "[{\"type\":\"register\",\"headers\":{}}]", Code.WRONG_TYPE, "register.headers");
    }

    @Test
    void what_is_too_large_is_refused() {
        assertRefused(
                "[{\"type\":\"register\",\"url\":\"" + "x".repeat(16_385) + "\"}]",
                Code.TOO_LARGE,
                "register.url");
        assertRefused(
                "[{\"type\":\"register\",\"headers\":[\"a\"" + ",\"a\"".repeat(128) + "]}]",
                Code.TOO_LARGE,
                "register.headers");
        assertRefused(
                "[{\"type\":\"progress\",\"done\":[1" + ",1".repeat(16_384) + "]}]",
                Code.TOO_LARGE,
                "progress.done");
        assertRefused("[" + " ".repeat(MessageCodec.MAX_BYTES) + "]", Code.TOO_LARGE);
        assertRefused(
                "[{\"type\":\"bye\"}"
                        + ",{\"type\":\"bye\"}".repeat(MessageCodec.MAX_MESSAGES)
                        + "]",
                Code.TOO_LARGE);
        assertRefused("[".repeat(100_000), Code.NOT_MESSAGES);
        assertRefused("[{\"x\":" + "[".repeat(1000), Code.TOO_LARGE);
        assertRefused("[{\"type\":\"bye\",\"x\":" + "[".repeat(100_000), Code.TOO_LARGE);
        assertRefused("[{\"type\":\"bye\",\"" + "x".repeat(10_000) + "\":1}]", Code.TOO_LARGE);
        assertRefused("[{\"type\":\"bye\",\"x\":" + "1".repeat(1000) + "}]", Code.TOO_LARGE);
    }

    @Test
    void a_message_beyond_a_limit_cannot_be_encoded() {
        assertThatThrownBy(() -> codec.encode(new FromPeer.Leave("secret-looking")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("leave.version")
                .hasMessageNotContaining("secret-looking");
        assertThatThrownBy(() -> codec.encode(new FromPeer.Slots(-1, 0)))
                .isInstanceOf(IllegalArgumentException.class);
        List<Integer> many = java.util.Collections.nCopies(16_385, 1);
        assertThatThrownBy(
                        () -> codec.encode(new FromPeer.Progress(VERSION, many, List.of(), 0, 0)))
                .isInstanceOf(IllegalArgumentException.class);
        List<String> huge = java.util.Collections.nCopies(100, "h: " + "x".repeat(16_000));
        assertThatThrownBy(() ->
                        codec.encode(
                                new FromPeer.Register(
                                        1,
                                        "http://o/f",
                                        huge,
                                        List.of(),
                                        "",
                                        null,
                                        false,
                                        "",
                                        false,
                                        null)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("bytes");
    }

    @Test
    void mutated_and_random_bytes_give_messages_or_a_protocol_exception() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        List<FromPeer> peer = SampleMessages.full(MessageTable.FROM_PEER);
        List<FromSupernode> node = SampleMessages.full(MessageTable.FROM_SUPERNODE);
        byte[][] seeds = {frameOfPeer(peer), frameOfSupernode(node)};
        int refused = 0;
        for (int i = 0; i < 20_000; i++) {
            byte[] frame = i % 10 == 0 ? bytes(random) : mutate(seeds[i % 2], random);
            try {
                for (FromPeer message : codec.decodeFromPeer(frame)) {
                    codec.encode(message);
                }
                for (FromSupernode message : codec.decodeFromSupernode(frame)) {
                    codec.encode(message);
                }
            } catch (ProtocolException e) {
                assertThat(e.getMessage()).as("seed %d", seed).hasSizeBetween(5, 200);
                assertThat(e.getMessage().lines()).as("seed %d", seed).hasSize(1);
                refused++;
            } catch (RuntimeException | StackOverflowError e) {
                throw new AssertionError("seed %d, round %d".formatted(seed, i), e);
            }
        }
        assertThat(refused).as("seed %d", seed).isGreaterThan(10_000);
    }

    @Test
    void credentials_and_secrets_are_not_in_a_records_text() {
        FromPeer register =
                new FromPeer.Register(
                        7,
                        "https://bob:hunter2@o/f?sig=hunter2",
                        List.of("Authorization: hunter2"),
                        List.of(),
                        "",
                        null,
                        false,
                        "",
                        false,
                        null);
        FromPeer hello =
                new FromPeer.Hello(1, 1, "p", "h", null, 1, "", "", "", "hunter2", "test 1");
        FromSupernode registered =
                new FromSupernode.Registered(
                        7, "a", "b", "hunter2", 5, 1, 1, 1, "identity", "", "", "", "hunter2");
        assertThat(register.toString() + hello + registered).doesNotContain("hunter2");
    }

    private static byte[] mutate(byte[] original, Random random) {
        byte[] bytes = original.clone();
        int changes = 1 + random.nextInt(4);
        for (int i = 0; i < changes; i++) {
            int at = random.nextInt(bytes.length);
            switch (random.nextInt(4)) {
                case 0 -> bytes[at] = (byte) random.nextInt(256);
                case 1 -> bytes[at] = (byte) "{}[]\",:0-e\\tn".charAt(random.nextInt(13));
                case 2 -> {
                    int length = random.nextInt(Math.min(40, bytes.length - at));
                    System.arraycopy(
                            bytes, random.nextInt(bytes.length - length), bytes, at, length);
                }
                default -> bytes = Arrays.copyOf(bytes, Math.max(at, 1));
            }
        }
        return bytes;
    }

    private static byte[] bytes(Random random) {
        byte[] bytes = new byte[random.nextInt(200)];
        random.nextBytes(bytes);
        return bytes;
    }

    private void assertRefused(String json, Code code) {
        assertRefused(json, code, "");
    }

    private void assertRefused(String json, Code code, String text) {
        assertThatThrownBy(() -> peer(json))
                .as(json.substring(0, Math.min(200, json.length())))
                .isInstanceOfSatisfying(
                        ProtocolException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageContaining(text);
    }

    private List<FromPeer> peer(String json) throws ProtocolException {
        return codec.decodeFromPeer(json.getBytes(UTF_8));
    }

    private byte[] frameOfPeer(List<FromPeer> messages) {
        return codec.frame(messages.stream().map(codec::encode).toList());
    }

    private byte[] frameOfSupernode(List<FromSupernode> messages) {
        return codec.frame(messages.stream().map(codec::encode).toList());
    }

    private static <M> void assertRows(Class<M> messages, MessageTable<M> table) {
        @Nullable Class<?>[] records = messages.getPermittedSubclasses();
        assertThat(table.types().stream().map(MessageType::record).toList())
                .hasSize(records.length)
                .doesNotHaveDuplicates();
        for (MessageType<M> type : table.types()) {
            RecordComponent[] components = type.record().getRecordComponents();
            assertThat(type.fields().stream().map(Field::name).toList())
                    .as(type.name())
                    .isEqualTo(Arrays.stream(components).map(RecordComponent::getName).toList());
            for (int i = 0; i < components.length; i++) {
                boolean nullable =
                        components[i].getAnnotatedType().isAnnotationPresent(Nullable.class);
                assertThat(type.fields().get(i).nullable())
                        .as(type.name() + "." + components[i].getName())
                        .isEqualTo(nullable);
            }
        }
    }
}
