// SPDX-License-Identifier: Apache-2.0
/// HTTP servers as supernode and dfdaemon set them up: limits, TCP and Unix sockets, routes, JSON and
/// problem answers (RFC 9457). Handlers block, on virtual threads.
@NullMarked
package io.dragonfly.net.http;

import org.jspecify.annotations.NullMarked;
