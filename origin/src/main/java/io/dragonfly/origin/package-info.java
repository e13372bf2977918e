// SPDX-License-Identifier: Apache-2.0
/// Reading origins: the client interface of a URL scheme, and what a request and its answer are.
@NullMarked
package io.dragonfly.origin;

import org.jspecify.annotations.NullMarked;
