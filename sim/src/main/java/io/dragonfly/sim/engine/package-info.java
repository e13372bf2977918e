// SPDX-License-Identifier: Apache-2.0
/// Virtual time: one queue of what is due, one seed for all randomness.
@NullMarked
package io.dragonfly.sim.engine;

import org.jspecify.annotations.NullMarked;
