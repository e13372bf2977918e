// SPDX-License-Identifier: Apache-2.0
/// What is simulated: scenarios as data.
@NullMarked
package io.dragonfly.sim.scenario;

import org.jspecify.annotations.NullMarked;
