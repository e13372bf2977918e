// SPDX-License-Identifier: Apache-2.0
/// Micro benchmarks of the hot paths, for JMH.
@NullMarked
package io.dragonfly.bench.micro;

import org.jspecify.annotations.NullMarked;
