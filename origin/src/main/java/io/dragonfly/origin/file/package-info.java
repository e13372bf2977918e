// SPDX-License-Identifier: Apache-2.0
/// Origins on the file system of the host that reads.
@NullMarked
package io.dragonfly.origin.file;

import org.jspecify.annotations.NullMarked;
