// SPDX-License-Identifier: Apache-2.0
/// The scheduler: which peer fetches which range from whom. Pure decisions: events in, commands
/// out.
@NullMarked
package io.dragonfly.core.scheduler;

import org.jspecify.annotations.NullMarked;
