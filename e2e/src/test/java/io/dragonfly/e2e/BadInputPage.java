// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.e2e;

/// The page of bad input: [BadInput] and [BadRequest] as tables.
final class BadInputPage {
    private static final String HEAD =
            """
            # Bad input

            <!-- Generated from the code. To write it anew:
                 mvn test -Dtest=DocsTest -Dsurefire.failIfNoSpecifiedTests=false
                     -Ddocs.update=true -->

            What the programs say to input that is no good, and how they end. A test plays every
            row with real programs: there is exactly this line, no part of an output file, and the
            next download works. `<url>`, `<host>`, `<dir>` and the like stand for what was given.
            The numbers are explained in [exit codes](exit-codes.md), what to do in
            [troubleshoot](../guide/troubleshoot.md).

            The API of `dfdaemon` has the word of the exit code as `code`, and the line without
            `dfget: ` as `message` of the event `failed`.
            """;

    private static final String REQUESTS =
            """

            ## Requests

            Answers are `application/problem+json` with `status` and `code`. 0: the connection is
            closed without an answer.

            | to | request | status | code |
            |---|---|--:|---|
            """;

    private BadInputPage() {}

    static String text() {
        StringBuilder page = new StringBuilder(HEAD);
        for (BadInput.Group group : BadInput.Group.values()) {
            page.append("\n## ").append(group.title()).append("\n\n");
            page.append("| case | exit | line |\n|---|--:|---|\n");
            for (BadInput row : group.rows()) {
                String line = row.line().isEmpty() ? "" : "`" + row.line() + "`";
                page.append("| %s | %d | %s |\n".formatted(row.what(), row.exit(), line));
            }
        }
        page.append(REQUESTS);
        for (BadRequest row : BadRequest.values()) {
            String code = row.code().isEmpty() ? "" : "`" + row.code() + "`";
            page.append(
                    "| %s | %s | %d | %s |\n"
                            .formatted(row.port().title(), row.what(), row.status(), code));
        }
        return page.toString();
    }
}
