// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.storage;

import java.io.IOException;

/// Another process, or another store of this one, has the directory.
public final class StoreInUseException extends IOException {
    private static final long serialVersionUID = 1L;

    StoreInUseException(String message) {
        super(message);
    }
}
