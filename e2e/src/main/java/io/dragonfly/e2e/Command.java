// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.e2e;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// Short commands of the system: `ip`, `tc`, `kill`, `curl`.
public final class Command {
    private Command() {}

    /// @param text standard output and standard error
    public record Output(int status, String text) {}

    /// Runs a command to its end. Only for commands that end by themselves.
    public static Output run(List<String> command) {
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getOutputStream().close();
            String text =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Output(process.waitFor(), text);
        } catch (IOException e) {
            return new Output(127, String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts here", e);
        }
    }

    /// The same for a command line without quoting; fails where the command does.
    public static String must(String line) {
        Output output = run(List.of(line.split(" ")));
        if (output.status() != 0) {
            throw new IllegalStateException(
                    line + ": status " + output.status() + ": " + output.text());
        }
        return output.text();
    }
}
