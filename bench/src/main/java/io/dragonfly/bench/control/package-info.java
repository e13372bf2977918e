// SPDX-License-Identifier: Apache-2.0
/// Load for a supernode: peers that speak the control protocol and move no data.
@NullMarked
package io.dragonfly.bench.control;

import org.jspecify.annotations.NullMarked;
