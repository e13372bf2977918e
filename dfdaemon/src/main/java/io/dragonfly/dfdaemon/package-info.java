// SPDX-License-Identifier: Apache-2.0
/// The daemon of a host: runs the engine, and offers it to the host's programs over a Unix socket.
@NullMarked
package io.dragonfly.dfdaemon;

import org.jspecify.annotations.NullMarked;
