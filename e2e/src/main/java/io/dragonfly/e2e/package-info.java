// SPDX-License-Identifier: Apache-2.0
/// The distribution as real processes on hosts of one machine: for the end-to-end tests and for the
/// benchmarks.
@NullMarked
package io.dragonfly.e2e;

import org.jspecify.annotations.NullMarked;
