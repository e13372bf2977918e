// SPDX-License-Identifier: Apache-2.0
@NullMarked
package io.dragonfly.storage;

import org.jspecify.annotations.NullMarked;
