// SPDX-License-Identifier: Apache-2.0
@NullMarked
package io.dragonfly.sim.engine;

import org.jspecify.annotations.NullMarked;
