// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.peer;

import io.dragonfly.storage.NoSpaceException;

import java.io.IOException;

/// How a session ended for those who wait for its content.
sealed interface End {
    /// Everything is here.
    record Complete() implements End {}

    /// The supernode is gone.
    record Lost() implements End {}

    /// The supernode gave the version up.
    record GivenUp(String code, String message, boolean mayAskOrigin) implements End {}

    /// This host cannot go on.
    record LocalTrouble(String code, String message) implements End {
        static LocalTrouble of(IOException e) {
            String code = e instanceof NoSpaceException ? "no-space" : "store-failed";
            return new LocalTrouble(code, "cannot store the content: " + e.getMessage());
        }
    }
}
