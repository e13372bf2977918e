// SPDX-License-Identifier: Apache-2.0
@NullMarked
package io.dragonfly.net.piece;

import org.jspecify.annotations.NullMarked;
