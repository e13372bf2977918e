// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.supernode;

import static org.assertj.core.api.Assertions.assertThat;

import io.dragonfly.cli.ReferencePage;
import io.dragonfly.peer.PeerEnvironment;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/// The pages follow from the code; `-Ddocs.update=true` writes them anew.
final class DocsTest {
    private static final String NO_TASK = "0".repeat(64);

    @TempDir private Path directory = Path.of("");

    private Supernode start() throws IOException {
        SupernodeConfig config = SupernodeConfig.of(directory.resolve("home")).withPorts(0, 0);
        return Supernode.start(config, PeerEnvironment.system());
    }

    private static HttpResponse<String> get(Supernode supernode, String path) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            URI url = URI.create("http://127.0.0.1:" + supernode.port() + path);
            return client.send(
                    HttpRequest.newBuilder(url).build(), HttpResponse.BodyHandlers.ofString());
        }
    }

    private static void assertCurrent(Path page, String text) throws IOException {
        if (Boolean.getBoolean("docs.update")) {
            Files.writeString(page, text);
        }
        assertThat(page).hasContent(text);
    }

    @Test
    void theReferencePageIsTheOptionModelAndTheHelpFits() throws IOException {
        String text = ReferencePage.of(Main.commandLine(), Main.DEFAULT_CONFIG.toString());
        assertCurrent(Path.of("../docs/reference/supernode.md"), text);
        assertThat(Main.commandLine().getUsageMessage().lines())
                .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
    }

    @Test
    void thePageOfMetricsNamesWhatIsServed() throws Exception {
        Path page = Path.of("../docs/reference/metrics.md");
        try (Supernode supernode = start()) {
            String scrape = get(supernode, "/metrics").body();
            String text = ReferencePage.metrics(Files.readString(page), "supernode", scrape);
            assertThat(text).contains("| `dragonfly_supernode_origin_bytes_total` | counter |");
            assertCurrent(page, text);
        }
    }

    @Test
    void theOpenApiDocumentNamesWhatIsServedAndNothingElse() throws Exception {
        try (Supernode supernode = start()) {
            List<String> described = described(get(supernode, "/v1/openapi.yaml").body());

            assertThat(described).containsExactlyInAnyOrderElementsOf(supernode.routes());
            for (String operation : described) {
                if (!operation.startsWith("GET ")) {
                    continue; // what changes something has tests of its own
                }
                String path = operation.replaceFirst("^GET ", "").replace("{id}", NO_TASK);
                HttpResponse<String> answer = get(supernode, path);
                assertThat(answer.body()).as(path).doesNotContain("no-such-path");
                assertThat(answer.statusCode()).as(path).isIn(200, 404);
            }
        }
    }

    /// `GET /v1/tasks` and so on.
    private static List<String> described(String openApi) {
        Map<?, ?> document = (Map<?, ?>) load(openApi);
        List<String> operations = new ArrayList<>();
        Map<?, ?> paths = (Map<?, ?>) Objects.requireNonNull(document.get("paths"));
        assertThat(paths).isNotEmpty();
        paths.forEach((path, methods) ->
                ((Map<?, ?>) methods)
                        .keySet()
                        .forEach(method ->
                                operations.add(
                                        method.toString().toUpperCase(Locale.ROOT) + " " + path)));
        return operations;
    }

    private static Object load(String yaml) {
        return new Load(LoadSettings.builder().build()).loadFromString(yaml);
    }
}
