// SPDX-License-Identifier: Apache-2.0
/// The wget-like command. A thin client of the host's dfdaemon: it must start fast, so its ordinary
/// path loads no HTTP library, no logging and no engine (docs/adr/0002-dfget-thin-client.md).
@NullMarked
package io.dragonfly.dfget;

import org.jspecify.annotations.NullMarked;
