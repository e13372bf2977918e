// SPDX-License-Identifier: Apache-2.0
/// What the benchmarks measure with. Nothing here is shipped; see docs/benchmarks.
@NullMarked
package io.dragonfly.bench;

import org.jspecify.annotations.NullMarked;
