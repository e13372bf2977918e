// SPDX-License-Identifier: Apache-2.0
/// Hosts, supernodes and origins of a simulated swarm.
@NullMarked
package io.dragonfly.sim.swarm;

import org.jspecify.annotations.NullMarked;
