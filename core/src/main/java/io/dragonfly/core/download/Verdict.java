// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.core.download;

/// What a block that arrived is worth.
public enum Verdict {
    /// Its digest is what it must be: store it.
    ACCEPT,
    /// The supernode's digest for it has not come yet: ask again when digests came.
    UNKNOWN,
    /// It is already here.
    DUPLICATE,
    /// The flow has nothing to deliver any more.
    STOP,
    /// It is not what it must be: the parent lies or its disk does.
    CORRUPT
}
