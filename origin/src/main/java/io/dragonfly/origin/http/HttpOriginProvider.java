// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.origin.http;

import io.dragonfly.origin.OriginClient;
import io.dragonfly.origin.OriginProvider;
import io.dragonfly.origin.OriginSettings;

import java.time.InstantSource;

/// Offers [HttpOrigin] to the service loader.
public final class HttpOriginProvider implements OriginProvider {
    @Override
    public OriginClient create(OriginSettings settings) {
        return new HttpOrigin(settings, InstantSource.system());
    }
}
