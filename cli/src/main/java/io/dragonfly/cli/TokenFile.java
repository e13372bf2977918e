// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// A secret that stands alone in the first line of a file: the same rules for each option that
/// names one.
public final class TokenFile {
    private static final int MAX_BYTES = 4 << 10;

    private TokenFile() {}

    /// @param option its name, for messages, which never show what is in the file
    /// @throws CommandFailure where the file cannot be used
    public static String read(String option, Path file) {
        String token;
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw CommandFailure.usage(option + " " + file + ": larger than 4 KiB");
            }
            token = Files.readString(file).lines().findFirst().orElse("").strip();
        } catch (IOException e) {
            throw new CommandFailure(
                    ExitCode.USAGE, "cannot read " + option + " " + file + Reason.of(e), e);
        }
        if (token.isEmpty()) {
            throw CommandFailure.usage(option + " " + file + ": its first line is empty");
        }
        if (token.chars().anyMatch(c -> c <= ' ' || c > '~')) {
            throw CommandFailure.usage(
                    option + " " + file + ": its first line is not one word of ASCII letters");
        }
        return token;
    }
}
