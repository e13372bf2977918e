// SPDX-License-Identifier: Apache-2.0
/// Whole swarms in one thread under virtual time.
@NullMarked
package io.dragonfly.sim;

import org.jspecify.annotations.NullMarked;
