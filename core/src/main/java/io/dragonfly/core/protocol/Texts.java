// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.core.protocol;

import org.jspecify.annotations.Nullable;

import java.util.Locale;

/// Rules for texts that decoder and encoder share.
final class Texts {
    private Texts() {}

    static boolean isHex(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) {
                return false;
            }
        }
        return true;
    }

    /// The text with a space for each control character.
    static String oneLine(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isISOControl(text.charAt(i))) {
                return text.codePoints()
                        .map(c -> Character.isISOControl(c) ? ' ' : c)
                        .collect(
                                StringBuilder::new,
                                StringBuilder::appendCodePoint,
                                StringBuilder::append)
                        .toString();
            }
        }
        return text;
    }

    /// The name of a reason on the wire: kebab case.
    static String name(FailureReason reason) {
        return reason.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static @Nullable FailureReason reason(String name) {
        for (FailureReason reason : FailureReason.values()) {
            if (name(reason).equals(name)) {
                return reason;
            }
        }
        return null;
    }
}
