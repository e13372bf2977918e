// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.e2e;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Where a process runs: this machine, or a network namespace that stands for another.
///
/// @param namespace name of the network namespace, or empty for this machine's own
/// @param address that others reach it by
public record Host(String namespace, String address) {
    public static final Host THIS = new Host("", "127.0.0.1");

    private static final Duration ANSWER = Duration.ofSeconds(5);

    /// The command as it must be started to run here.
    public List<String> command(List<String> command) {
        if (namespace.isEmpty()) {
            return command;
        }
        List<String> all = new ArrayList<>(List.of("ip", "netns", "exec", namespace));
        all.addAll(command);
        return all;
    }

    /// Address and port as they stand in a URL or an option.
    public String at(int port) {
        return (address.contains(":") ? "[" + address + "]" : address) + ":" + port;
    }

    /// The body of a GET from this very host; empty where nothing or not 200 comes back.
    public Optional<String> get(int port, String path) {
        String url = "http://" + at(port) + path;
        return namespace.isEmpty() ? getHere(URI.create(url)) : getThere(url);
    }

    private static Optional<String> getHere(URI url) {
        try (HttpClient client = HttpClient.newHttpClient()) {
            var answer =
                    client.send(
                            HttpRequest.newBuilder(url).timeout(ANSWER).build(),
                            BodyHandlers.ofString());
            return answer.statusCode() == 200 ? Optional.of(answer.body()) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts here", e);
        }
    }

    private Optional<String> getThere(String url) {
        String seconds = Long.toString(ANSWER.toSeconds());
        Command.Output output = Command.run(command(List.of("curl", "-gsf", "-m", seconds, url)));
        return output.status() == 0 ? Optional.of(output.text()) : Optional.empty();
    }
}
