// SPDX-License-Identifier: Apache-2.0
/// TLS between the hosts of a cluster: certificates from files, and a channel that encrypts.
@NullMarked
package io.dragonfly.net.tls;

import org.jspecify.annotations.NullMarked;
