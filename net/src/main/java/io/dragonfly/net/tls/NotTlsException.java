// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.net.tls;

import java.io.IOException;

/// Somebody is there who does not speak TLS.
public final class NotTlsException extends IOException {
    private static final long serialVersionUID = 1;

    NotTlsException(String message) {
        super(message);
    }

    NotTlsException(String message, IOException cause) {
        super(message, cause);
    }
}
