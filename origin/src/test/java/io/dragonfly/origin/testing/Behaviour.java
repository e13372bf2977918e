// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.origin.testing;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;

/// How a test origin answers one request. Called by one thread per connection.
@FunctionalInterface
public interface Behaviour {
    void answer(Seen request, Wire wire) throws IOException;

    /// This for the first `count` requests, then `next`.
    default Behaviour times(int count, Behaviour next) {
        AtomicInteger left = new AtomicInteger(count);
        return (request, wire) -> {
            if (left.getAndDecrement() > 0) {
                answer(request, wire);
            } else {
                left.set(0);
                next.answer(request, wire);
            }
        };
    }

    /// This for requests of the whole content, `ranged` for those with a Range header.
    default Behaviour ranged(Behaviour ranged) {
        return (request, wire) -> (request.has("Range") ? ranged : this).answer(request, wire);
    }
}
