// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.storage;

import java.io.IOException;

/// The store has no room. Retrying helps only after something was deleted.
public final class NoSpaceException extends IOException {
    private static final long serialVersionUID = 1L;

    public NoSpaceException(String message) {
        super(message);
    }
}
