// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.core.protocol;

import java.util.Objects;

/// What came from the other side is not what the protocol says. The message is one line that never
/// repeats the offending text, for it may be a credential.
public final class ProtocolException extends Exception {
    private static final long serialVersionUID = 1L;

    /// What is wrong.
    public enum Code {
        /// The bytes are no JSON.
        NOT_JSON,
        /// JSON, but no array of objects, or an object without a `type`.
        NOT_MESSAGES,
        /// A field that the message cannot do without is absent or null.
        MISSING_FIELD,
        /// A field has another JSON type than it must have, or is there twice.
        WRONG_TYPE,
        /// A field's value is outside what it may be.
        BAD_VALUE,
        /// Too many bytes, messages, items, characters or levels.
        TOO_LARGE
    }

    private final Code code;

    public ProtocolException(Code code, String message) {
        super(message);
        this.code = code;
    }

    /// One line for people.
    @Override
    public String getMessage() {
        return Objects.requireNonNull(super.getMessage());
    }

    public Code code() {
        return code;
    }
}
