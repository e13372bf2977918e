// SPDX-License-Identifier: Apache-2.0
/// What container engines and package managers on a host talk to: a registry mirror and an HTTP
/// proxy on one port. Layers come through the download engine, everything else goes to the server
/// that was asked for. It decides nothing about the swarm and knows nothing of how it works.
@NullMarked
package io.dragonfly.proxy;

import org.jspecify.annotations.NullMarked;
