// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.core.protocol;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// A growing array of JSON in UTF-8. Not a generator's work, because a generator refuses texts with
/// half a surrogate pair: a supernode must be able to pass on whatever a peer could send it.
final class JsonBytes {
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    /// Bytes of the longest escape.
    private static final int ESCAPED = 6;

    private byte[] bytes = new byte[256];
    private int size;

    int size() {
        return size;
    }

    byte[] toByteArray() {
        return Arrays.copyOf(bytes, size);
    }

    /// Appends a text of ASCII characters as it is.
    @SuppressWarnings("deprecation") // the deprecated getBytes copies ASCII without an encoder
    JsonBytes ascii(String text) {
        int length = text.length();
        ensure(length);
        text.getBytes(0, length, bytes, size);
        size += length;
        return this;
    }

    void number(long number) {
        ascii(Long.toString(number));
    }

    /// Appends a text as a JSON string. What is no character (half a surrogate pair) becomes `?`.
    void text(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        int escapes = escapes(utf8);
        ensure(Math.addExact(utf8.length + 2, Math.multiplyExact(escapes, ESCAPED - 1)));
        bytes[size++] = '"';
        if (escapes == 0) {
            System.arraycopy(utf8, 0, bytes, size, utf8.length);
            size += utf8.length;
        } else {
            appendEscaped(utf8);
        }
        bytes[size++] = '"';
    }

    private static int escapes(byte[] utf8) {
        int count = 0;
        for (byte b : utf8) {
            if (b == '"' || b == '\\' || (b >= 0 && b < ' ')) {
                count++;
            }
        }
        return count;
    }

    private void appendEscaped(byte[] utf8) {
        for (byte b : utf8) {
            if (b == '"' || b == '\\') {
                bytes[size++] = '\\';
                bytes[size++] = b;
            } else if (b >= 0 && b < ' ') {
                ascii("\\u00");
                bytes[size++] = HEX[b >> 4];
                bytes[size++] = HEX[b & 15];
            } else {
                bytes[size++] = b;
            }
        }
    }

    private void ensure(int more) {
        if (bytes.length - size < more) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, Math.addExact(size, more)));
        }
    }
}
