// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.proxy;

import java.io.IOException;

/// Who asked does not take the answer: not a failure of whom the bytes came from.
final class ClientGoneException extends IOException {
    private static final long serialVersionUID = 1L;

    ClientGoneException(Throwable cause) {
        super("the client is gone", cause);
    }
}
