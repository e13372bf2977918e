// SPDX-License-Identifier: Apache-2.0
/// Links that carry portions of blocks: uplinks that take turns, downlinks and thin links in line.
@NullMarked
package io.dragonfly.sim.network;

import org.jspecify.annotations.NullMarked;
