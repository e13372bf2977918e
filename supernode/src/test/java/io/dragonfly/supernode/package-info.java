// SPDX-License-Identifier: Apache-2.0
@NullMarked
package io.dragonfly.supernode;

import org.jspecify.annotations.NullMarked;
