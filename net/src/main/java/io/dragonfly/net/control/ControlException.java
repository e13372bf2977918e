// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.net.control;

import java.util.Objects;

/// A supernode answered, and the answer is no. The message is one line for people.
public final class ControlException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String code;

    public ControlException(String code, String message) {
        super(message);
        this.code = code;
    }

    /// The code of [io.dragonfly.core.protocol.FromSupernode.Rejected]; `busy` too where the supernode
    /// has no room for another stream.
    public String code() {
        return code;
    }

    @Override
    public String getMessage() {
        return Objects.requireNonNull(super.getMessage());
    }
}
