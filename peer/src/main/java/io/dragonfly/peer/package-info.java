// SPDX-License-Identifier: Apache-2.0
/// The download engine of a host: downloads, verifies, stores and serves versions. Behind dfdaemon,
/// `dfget --no-daemon` and the SDK.
@NullMarked
package io.dragonfly.peer;

import org.jspecify.annotations.NullMarked;
