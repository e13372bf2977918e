// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.tidy;

import java.nio.file.Path;

/// Formats every Java file of the repository in place; started by `./fmt`.
final class Fmt {
    private Fmt() {}

    static void main(String[] args) {
        Repository repository = new Repository(Path.of(args[0]));
        int failed = 0;
        for (String file : repository.files(".java")) {
            String text = repository.text(file);
            try {
                String formatted = Formatting.format(file, text);
                if (!formatted.equals(text)) {
                    repository.write(file, formatted);
                    System.out.println("formatted " + file);
                }
            } catch (IllegalArgumentException e) {
                System.err.println(e.getMessage());
                failed++;
            }
        }
        if (failed > 0) {
            System.exit(1);
        }
    }
}
