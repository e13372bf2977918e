// SPDX-License-Identifier: Apache-2.0
/// The contract between a host's dfdaemon and its clients: where the socket is, how a daemon is
/// started, and the messages of the Unix-socket API. Light enough for the start of dfget.
@NullMarked
package io.dragonfly.cli.daemon;

import org.jspecify.annotations.NullMarked;
