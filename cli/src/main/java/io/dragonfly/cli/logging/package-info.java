// SPDX-License-Identifier: Apache-2.0
/// Logs of the daemons: one event per line, as text (logfmt) or JSON. The only package that needs
/// logback.
@NullMarked
package io.dragonfly.cli.logging;

import org.jspecify.annotations.NullMarked;
