// SPDX-License-Identifier: Apache-2.0
/// Benchmarks of whole swarms: real processes on hosts with limited links, and what they come to.
@NullMarked
package io.dragonfly.e2e.bench;

import org.jspecify.annotations.NullMarked;
