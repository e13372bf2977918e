// SPDX-License-Identifier: Apache-2.0
/// A relay that delays and shapes what passes it: a long line on one machine.
@NullMarked
package io.dragonfly.bench.rtt;

import org.jspecify.annotations.NullMarked;
