// SPDX-License-Identifier: Apache-2.0
/// What all command-line programs share: options from YAML file, environment and flags, exit codes,
/// one-line errors, help, and the generated reference pages.
@NullMarked
package io.dragonfly.cli;

import org.jspecify.annotations.NullMarked;
