// SPDX-License-Identifier: Apache-2.0
/// The piece protocol: framed requests for ranges of blocks over persistent connections.
@NullMarked
package io.dragonfly.net.piece;

import org.jspecify.annotations.NullMarked;
