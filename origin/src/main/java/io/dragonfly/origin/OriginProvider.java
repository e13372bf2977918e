// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.origin;

/// Makes an [OriginClient]; the service that a plug-in jar declares.
public interface OriginProvider {
    OriginClient create(OriginSettings settings);
}
