// SPDX-License-Identifier: Apache-2.0
/// What can go wrong with hosts, processes, links and disks, done to real ones at times that a seed
/// chooses.
@NullMarked
package io.dragonfly.e2e.faults;

import org.jspecify.annotations.NullMarked;
