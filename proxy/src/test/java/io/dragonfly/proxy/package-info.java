// SPDX-License-Identifier: Apache-2.0
@NullMarked
package io.dragonfly.proxy;

import org.jspecify.annotations.NullMarked;
