// SPDX-License-Identifier: Apache-2.0

/// The formatter and the rules that the repository's own files are held to. Not shipped.
@NullMarked
package io.dragonfly.tidy;

import org.jspecify.annotations.NullMarked;
