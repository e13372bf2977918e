// SPDX-License-Identifier: Apache-2.0
/// A swarm that works for a long time while its hosts come and go, and whether it stays as it was.
@NullMarked
package io.dragonfly.e2e.soak;

import org.jspecify.annotations.NullMarked;
