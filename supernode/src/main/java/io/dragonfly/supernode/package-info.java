// SPDX-License-Identifier: Apache-2.0
/// The supernode: reads origins once, knows who has what, decides who fetches which range from
/// whom.
///
/// [Supernode] is the composition root and can be embedded; [SwarmLoop] owns all knowledge of
/// peers; [SeedLibrary] owns the tasks and what was read of them.
@NullMarked
package io.dragonfly.supernode;

import org.jspecify.annotations.NullMarked;
