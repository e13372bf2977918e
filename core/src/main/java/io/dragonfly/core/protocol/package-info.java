// SPDX-License-Identifier: Apache-2.0
/// The messages of the control stream between a peer and a supernode, and their JSON form.
@NullMarked
package io.dragonfly.core.protocol;

import org.jspecify.annotations.NullMarked;
