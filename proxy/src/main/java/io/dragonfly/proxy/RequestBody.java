// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.proxy;

import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.io.Content;
import org.jspecify.annotations.Nullable;

/// The body of a client's request as the body of the one that is sent on: read as fast as the
/// upstream takes it, and kept nowhere.
record RequestBody(org.eclipse.jetty.server.Request request) implements Request.Content {
    @Override
    public @Nullable String getContentType() {
        return null;
    }

    @Override
    public long getLength() {
        return request.getLength();
    }

    @Override
    public Content.Chunk read() {
        return request.read();
    }

    @Override
    public void demand(Runnable callback) {
        request.demand(callback);
    }

    @Override
    public void fail(Throwable failure) {
        request.fail(failure);
    }

    @Override
    public boolean rewind() {
        return false;
    }
}
