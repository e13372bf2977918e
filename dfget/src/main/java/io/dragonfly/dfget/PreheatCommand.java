// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.dfget;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

import io.dragonfly.cli.CommandFailure;
import io.dragonfly.cli.ExitCode;
import io.dragonfly.cli.NodeList;
import io.dragonfly.cli.TokenFile;
import io.dragonfly.core.model.HostPort;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/// `dfget preheat`: has a supernode read an image or a file before anybody asks for it.
@Command(
        name = "dfget",
        customSynopsis = "dfget preheat [OPTIONS] IMAGE|URL",
        description = "Has a supernode read an image, or a file, before anybody asks for it.")
final class PreheatCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int WAIT_SECONDS = 10;
    private static final int TIMEOUT_MILLIS = 30_000;
    private static final int MAX_ANSWER = 1 << 20;

    @Spec private CommandSpec spec;

    @Parameters(
            arity = "1",
            paramLabel = "IMAGE|URL",
            description =
                    "An image as ubuntu:22.04 or a.b.com/team/app@sha256:...; or, with --file, a"
                            + " URL.")
    private String what;

    @Option(names = "--file", description = "It is a file, and its URL is given.")
    private boolean file;

    @Option(
            names = "--platform",
            paramLabel = "OS/ARCH",
            split = ",",
            description = "Only these of an image, as linux/amd64 (repeatable); default all.")
    private List<String> platforms = new ArrayList<>();

    @Option(
            names = {"-n", "--node"},
            paramLabel = "HOST[:PORT]",
            description = "Supernode; default 127.0.0.1:8002. The first of a list.")
    private List<String> nodes = new ArrayList<>();

    @Option(names = "--username", paramLabel = "NAME", description = "For the registry.")
    private @Nullable String username;

    @Option(
            names = "--password-file",
            paramLabel = "FILE",
            description = "Its first line is the password for the registry.")
    private @Nullable Path passwordFile;

    @Option(
            names = "--api-token-file",
            paramLabel = "FILE",
            description = "Its first line is the supernode's token; not needed on its machine.")
    private @Nullable Path tokenFile;

    @Option(names = "--wait", description = "Until it is read; the exit status says whether it is.")
    private boolean wait;

    @SuppressWarnings("NullAway.Init") // picocli sets the fields
    PreheatCommand() {}

    @Override
    public Integer call() {
        HostPort node = node();
        JsonNode view = ask(node, "POST", "/api/v1/preheats", order());
        String id = view.path("id").asText();
        while (wait && isOpen(view)) {
            String path = "/api/v1/preheats/" + id + "?wait=" + WAIT_SECONDS;
            view = ask(node, "GET", path, null);
        }
        spec.commandLine()
                .getOut()
                .printf(
                        "%s %s: %s, %d of %d layers, %d bytes%n",
                        id,
                        view.path("url").asText(),
                        view.path("state").asText(),
                        view.path("blobsDone").asInt(),
                        view.path("blobs").asInt(),
                        view.path("bytes").asLong());
        view.path("errors").forEach(e -> spec.commandLine().getErr().println(e.asText()));
        boolean good = isOpen(view) || view.path("state").asText().equals("succeeded");
        return good ? 0 : ExitCode.FAILED.number();
    }

    private static boolean isOpen(JsonNode view) {
        return List.of("waiting", "running").contains(view.path("state").asText());
    }

    private HostPort node() {
        try {
            List<HostPort> given = NodeList.parse(nodes);
            return given.isEmpty() ? NodeList.LOCAL : given.getFirst();
        } catch (IllegalArgumentException e) {
            throw CommandFailure.usage("--node: " + e.getMessage());
        }
    }

    private byte[] order() {
        ObjectNode order = JSON.createObjectNode();
        order.put("type", file ? "file" : "image").put("url", what);
        platforms.forEach(order.putArray("platforms")::add);
        if (username != null) {
            order.put("username", username);
        }
        if (passwordFile != null) {
            order.put("password", TokenFile.read("--password-file", passwordFile));
        }
        return order.toString().getBytes(StandardCharsets.UTF_8);
    }

    /// @param body null: none
    private JsonNode ask(HostPort node, String method, String path, byte @Nullable [] body) {
        try {
            HttpURLConnection call =
                    (HttpURLConnection)
                            URI.create("http://" + node + path).toURL().openConnection();
            call.setConnectTimeout(TIMEOUT_MILLIS);
            call.setReadTimeout(TIMEOUT_MILLIS);
            call.setRequestMethod(method);
            if (tokenFile != null) {
                String token = TokenFile.read("--api-token-file", tokenFile);
                call.setRequestProperty("Authorization", "Bearer " + token);
            }
            if (body != null) {
                call.setDoOutput(true);
                call.setRequestProperty("Content-Type", "application/json");
                try (OutputStream out = call.getOutputStream()) {
                    out.write(body);
                }
            }
            return answer(node, call);
        } catch (IOException e) {
            throw new CommandFailure(
                    ExitCode.SUPERNODE_UNREACHABLE,
                    "supernode " + node + " does not answer: " + e.getMessage() + "; check --node",
                    e);
        }
    }

    private static JsonNode answer(HostPort node, HttpURLConnection call) throws IOException {
        int status = call.getResponseCode();
        try (InputStream in = status < 400 ? call.getInputStream() : call.getErrorStream()) {
            JsonNode answer = in == null ? null : JSON.readTree(in.readNBytes(MAX_ANSWER));
            if (status < 300 && answer != null) {
                return answer;
            }
            String why = answer == null ? "" : answer.path("detail").asText("");
            throw new CommandFailure(
                    status == 401 || status == 403
                            ? ExitCode.NOT_PERMITTED
                            : status == 400 ? ExitCode.USAGE : ExitCode.FAILED,
                    "supernode " + node + ": " + (why.isEmpty() ? "status " + status : why));
        }
    }
}
