// SPDX-License-Identifier: Apache-2.0
@NullMarked
package io.dragonfly.core.limits;

import org.jspecify.annotations.NullMarked;
