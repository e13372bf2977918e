// SPDX-License-Identifier: Apache-2.0
/// How fast bytes may pass: rates, token buckets, and the tree that shares a host's rate among
/// kinds of traffic and tasks.
///
/// Nothing here waits, reads a clock or starts a thread: the time is an argument, in nanoseconds of
/// any clock that does not go back. Types that change are not thread-safe.
@NullMarked
package io.dragonfly.core.limits;

import org.jspecify.annotations.NullMarked;
