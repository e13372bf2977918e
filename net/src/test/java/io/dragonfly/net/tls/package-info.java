// SPDX-License-Identifier: Apache-2.0
@NullMarked
package io.dragonfly.net.tls;

import org.jspecify.annotations.NullMarked;
