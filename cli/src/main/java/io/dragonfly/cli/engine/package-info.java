// SPDX-License-Identifier: Apache-2.0
/// Between the words of the daemon's API and those of the engine, for the programs that run the
/// engine: dfdaemon, and dfget with `--no-daemon`.
@NullMarked
package io.dragonfly.cli.engine;

import org.jspecify.annotations.NullMarked;
