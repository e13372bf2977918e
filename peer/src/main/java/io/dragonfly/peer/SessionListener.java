// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.peer;

/// Hears what arrives of a version. Called under the session's lock, so it must not call the
/// session.
interface SessionListener {
    /// A block became verified.
    void verified(int bytes, StatusBoard.Source source, String parent);

    /// Anything else changed (length, end).
    void changed();
}
