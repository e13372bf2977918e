// SPDX-License-Identifier: Apache-2.0
@NullMarked
package io.dragonfly.peer;

import org.jspecify.annotations.NullMarked;
