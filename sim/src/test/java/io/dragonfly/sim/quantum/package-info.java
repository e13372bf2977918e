// SPDX-License-Identifier: Apache-2.0
/// The model that the simulator is checked against: one version, no faults, but links that carry
/// quanta of 16 KiB one by one.
@NullMarked
package io.dragonfly.sim.quantum;

import org.jspecify.annotations.NullMarked;
