// SPDX-License-Identifier: Apache-2.0
/// The piece store: versions as content files with a journal of verified blocks, on disk and in
/// memory.
@NullMarked
package io.dragonfly.storage;

import org.jspecify.annotations.NullMarked;
