// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.core.protocol;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// A growing array of JSON in UTF-8. Written by hand because a generator costs more than the small
/// messages it would write (measured in docs/protocol-control.md).
final class JsonBytes {
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

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

    /// Appends a text as a JSON string.
    void text(String text) {
        if (isPlain(text)) {
            ensure(text.length() + 2);
            bytes[size++] = '"';
            ascii(text);
            ensure(1);
            bytes[size++] = '"';
            return;
        }
        // Every UTF-16 unit needs at most 6 bytes, as an escape.
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        ensure(Math.addExact(Math.multiplyExact(utf8.length, 6), 2));
        bytes[size++] = '"';
        for (byte b : utf8) {
            if (b == '"' || b == '\\') {
                bytes[size++] = '\\';
                bytes[size++] = b;
            } else if (b >= 0 && b < 0x20) {
                ascii("\\u00");
                bytes[size++] = HEX[b >> 4];
                bytes[size++] = HEX[b & 15];
            } else {
                bytes[size++] = b;
            }
        }
        bytes[size++] = '"';
    }

    private static boolean isPlain(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < 0x20 || c > 0x7e || c == '"' || c == '\\') {
                return false;
            }
        }
        return true;
    }

    private void ensure(int more) {
        if (bytes.length - size < more) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, Math.addExact(size, more)));
        }
    }
}
