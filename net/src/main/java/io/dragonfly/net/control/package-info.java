// SPDX-License-Identifier: Apache-2.0
/// The control stream between a peer and a supernode: messages of [io.dragonfly.core.protocol] as text
/// frames of a WebSocket, with bounded queues, batching and keep-alive on both sides.
@NullMarked
package io.dragonfly.net.control;

import org.jspecify.annotations.NullMarked;
