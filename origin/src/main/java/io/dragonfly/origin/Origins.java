// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.origin;

import io.dragonfly.core.model.MaskedUrl;
import io.dragonfly.core.model.TaskSpec;

import java.io.Closeable;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeMap;

/// All origin clients, by URL scheme. Thread-safe. Closing closes the clients and what they read.
public final class Origins implements Closeable {
    private final Map<String, OriginClient> byScheme = new TreeMap<>();

    /// Where two clients know a scheme, the first in the list has it.
    public Origins(List<? extends OriginClient> clients) {
        for (OriginClient client : clients) {
            for (String scheme : client.schemes()) {
                byScheme.putIfAbsent(scheme, client);
            }
        }
    }

    /// The clients that are on the class path (`META-INF/services`), so that a plug-in jar adds a
    /// scheme.
    public static Origins load(OriginSettings settings) {
        List<OriginClient> clients = new ArrayList<>();
        for (OriginProvider provider : ServiceLoader.load(OriginProvider.class)) {
            clients.add(provider.create(settings));
        }
        return new Origins(clients);
    }

    /// The schemes that are known, sorted.
    public Set<String> schemes() {
        return Collections.unmodifiableSet(byScheme.keySet());
    }

    /// Sends the request to the client of its URL's scheme; see [OriginClient#open].
    ///
    /// @throws OriginException of kind REFUSED where no client knows the scheme
    public OriginResponse open(OriginRequest request) throws OriginException {
        return client(request.spec().url()).open(request);
    }

    /// See [OriginClient#probe].
    public OriginProbe probe(TaskSpec spec, Cancellation cancellation) throws OriginException {
        return client(spec.url()).probe(spec, cancellation);
    }

    /// Fails like [#open] would where no client knows the scheme; so that a request can be refused
    /// before anything is done for it.
    public void check(URI url) throws OriginException {
        client(url);
    }

    private OriginClient client(URI url) throws OriginException {
        String scheme = url.getScheme() == null ? "" : url.getScheme().toLowerCase(Locale.ROOT);
        OriginClient client = byScheme.get(scheme);
        if (client == null) {
            throw new OriginException(
                    OriginException.Kind.REFUSED,
                    "cannot read "
                            + MaskedUrl.of(url)
                            + ": the scheme '"
                            + scheme
                            + "' is not known here (known: "
                            + String.join(", ", byScheme.keySet())
                            + ")",
                    false);
        }
        return client;
    }

    @Override
    public void close() {
        // A client of two schemes is closed twice, which its contract allows.
        byScheme.values().forEach(OriginClient::close);
    }
}
