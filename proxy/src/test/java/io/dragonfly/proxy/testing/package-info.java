// SPDX-License-Identifier: Apache-2.0
/// A registry in this process, for tests of whatever pulls from one.
@NullMarked
package io.dragonfly.proxy.testing;

import org.jspecify.annotations.NullMarked;
