// SPDX-License-Identifier: Apache-2.0

/// Puts the distribution together: jars, a Java run-time image, ahead-of-time caches, launchers,
/// shell completion and man pages. Runs in the build, is not shipped (but for [Training]).
@NullMarked
package io.dragonfly.dist;

import org.jspecify.annotations.NullMarked;
