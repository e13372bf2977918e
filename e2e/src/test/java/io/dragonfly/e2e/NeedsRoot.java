// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.e2e;

import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Skips the tests of a class where network namespaces cannot be made. Under `CI=true` that is a
/// failure: nobody reads what a build skipped.
public final class NeedsRoot implements ExecutionCondition {
    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        if (root()) {
            return ConditionEvaluationResult.enabled("runs as root");
        }
        if ("true".equals(System.getenv("CI"))) {
            throw new IllegalStateException("CI=true, and these tests need root");
        }
        System.out.println("skipped: needs root");
        return ConditionEvaluationResult.disabled("skipped: needs root");
    }

    private static boolean root() {
        try {
            return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
