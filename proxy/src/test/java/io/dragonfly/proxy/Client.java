// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.proxy;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;

/// What stands for an engine: sends one request, and follows nothing.
final class Client implements AutoCloseable {
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final String base;

    Client(int port) {
        this.base = "http://127.0.0.1:" + port;
    }

    HttpResponse<byte[]> get(String target, String... headers) throws IOException {
        return send("GET", target, headers);
    }

    HttpResponse<byte[]> send(String method, String target, String... headers) throws IOException {
        return send(method, URI.create(base + target), headers);
    }

    /// A GET of any URL.
    HttpResponse<byte[]> at(URI url, String... headers) throws IOException {
        return send("GET", url, headers);
    }

    private HttpResponse<byte[]> send(String method, URI url, String... headers)
            throws IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(url);
        request.method(method, HttpRequest.BodyPublishers.noBody());
        if (headers.length > 0) {
            request.headers(headers);
        }
        try {
            return http.send(request.build(), BodyHandlers.ofByteArray());
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    HttpResponse<byte[]> post(String target, byte[] body) throws IOException {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(base + target))
                        .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                        .build();
        try {
            return http.send(request, BodyHandlers.ofByteArray());
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    static String header(HttpResponse<?> response, String name) {
        return response.headers().firstValue(name).orElse("");
    }

    @Override
    public void close() {
        http.close();
    }
}
