// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.origin.file;

import io.dragonfly.origin.OriginClient;
import io.dragonfly.origin.OriginProvider;
import io.dragonfly.origin.OriginSettings;

/// Offers [FileOrigin] to the service loader.
public final class FileOriginProvider implements OriginProvider {
    @Override
    public OriginClient create(OriginSettings settings) {
        return new FileOrigin(settings.fileRoots());
    }
}
