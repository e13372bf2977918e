// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.peer;

import java.io.IOException;

/// A download failed.
public final class DownloadException extends IOException {
    private static final long serialVersionUID = 1L;

    private final transient DownloadStatus.Failure failure;

    public DownloadException(DownloadStatus.Failure failure) {
        super(failure.message());
        this.failure = failure;
    }

    public DownloadStatus.Failure failure() {
        return failure;
    }
}
