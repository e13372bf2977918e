// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.core.model;

/// How the stored and sent bytes of a version relate to the content. Peers store and serve the
/// encoded bytes untouched. Only [#IDENTITY] is produced today; the others have their place in the
/// formats.
public enum Encoding {
    IDENTITY,
    ZSTD,
    AES_GCM
}
