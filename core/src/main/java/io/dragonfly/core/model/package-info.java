// SPDX-License-Identifier: Apache-2.0
/// The words of the system as immutable values: tasks, versions, pieces, blocks, digests,
/// addresses.
///
/// Nothing here does I/O, reads a clock or draws a random number. All types are thread-safe.
@NullMarked
package io.dragonfly.core.model;

import org.jspecify.annotations.NullMarked;
