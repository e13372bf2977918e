// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.origin.testing;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/// Damages inputs for fuzz tests: bytes change, go, come twice or get among words that mean
/// something to the parser. The same seed gives the same damage.
public final class Mangler {
    private static final int MAX_CHANGES = 6;
    private static final int MAX_REPEATS = 3000;

    private final Random random;
    private final List<String> words;

    /// @param words what a parser looks for: separators, keywords, numbers at a limit
    public Mangler(long seed, List<String> words) {
        this.random = new Random(seed);
        this.words = List.copyOf(words);
    }

    /// One of them, damaged; now and then none at all but only words.
    public byte[] mangle(List<String> good) {
        byte[] bytes =
                random.nextInt(10) == 0
                        ? new byte[0]
                        : good.get(random.nextInt(good.size()))
                                .getBytes(StandardCharsets.ISO_8859_1);
        int changes = 1 + random.nextInt(MAX_CHANGES);
        for (int i = 0; i < changes; i++) {
            int from = random.nextInt(bytes.length + 1);
            int to = from + random.nextInt(Math.min(40, bytes.length - from) + 1);
            bytes =
                    joined(
                            bytes,
                            from,
                            insertion(bytes, from, to),
                            random.nextBoolean() ? to : from);
        }
        return bytes;
    }

    /// The same as text, one character for each byte.
    public String mangledText(List<String> good) {
        return new String(mangle(good), StandardCharsets.ISO_8859_1);
    }

    private byte[] insertion(byte[] bytes, int from, int to) {
        return switch (random.nextInt(6)) {
            case 0 -> new byte[0];
            case 1 -> Arrays.copyOfRange(bytes, from, to);
            case 2 -> noise(1 + random.nextInt(8));
            case 3 -> {
                byte[] same = new byte[1 + random.nextInt(MAX_REPEATS)];
                Arrays.fill(same, (byte) " \t,;\"[{-9\n".charAt(random.nextInt(10)));
                yield same;
            }
            default ->
                    words.get(random.nextInt(words.size())).getBytes(StandardCharsets.ISO_8859_1);
        };
    }

    private byte[] noise(int length) {
        byte[] noise = new byte[length];
        random.nextBytes(noise);
        return noise;
    }

    private static byte[] joined(byte[] bytes, int end, byte[] middle, int from) {
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        joined.write(bytes, 0, end);
        joined.writeBytes(middle);
        joined.write(bytes, from, bytes.length - from);
        return joined.toByteArray();
    }
}
