// SPDX-License-Identifier: Apache-2.0
/// A test kit: origins that lie, break off, stall and change, over raw sockets so that they can do what
/// no HTTP library would.
@NullMarked
package io.dragonfly.origin.testing;

import org.jspecify.annotations.NullMarked;
