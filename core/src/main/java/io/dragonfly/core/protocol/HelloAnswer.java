// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.core.protocol;

/// What a supernode may answer to [FromPeer.Hello].
public sealed interface HelloAnswer permits FromSupernode.Welcome, FromSupernode.Rejected {}
