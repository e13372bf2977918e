// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// The page follows from the table that is tested; `-Ddocs.update=true` writes it anew.
final class DocsTest {
    @Test
    void thePageOfBadInputIsTheTable() throws IOException {
        Path page = Path.of("../docs/reference/bad-input.md");
        if (Boolean.getBoolean("docs.update")) {
            Files.writeString(page, BadInputPage.text());
        }
        assertThat(page).hasContent(BadInputPage.text());
    }
}
