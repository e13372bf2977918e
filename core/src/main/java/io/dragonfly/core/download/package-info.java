// SPDX-License-Identifier: Apache-2.0
/// One peer's brain: which blocks of a version are here, which flows fetch the others, what a block
/// that arrives is worth, and what the supernode must hear. Pure decisions: events in, actions out.
@NullMarked
package io.dragonfly.core.download;

import org.jspecify.annotations.NullMarked;
