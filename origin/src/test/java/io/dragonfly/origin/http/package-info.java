// SPDX-License-Identifier: Apache-2.0
@NullMarked
package io.dragonfly.origin.http;

import org.jspecify.annotations.NullMarked;
