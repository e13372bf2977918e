// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.e2e;

import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.LifecycleMethodExecutionExceptionHandler;

import java.io.IOException;
import java.nio.file.Path;

/// The processes and files of one test class: a static `@RegisterExtension`. Where a test failed,
/// the logs are kept in `target/e2e-logs`.
public final class Lab extends Site
        implements BeforeAllCallback,
                AfterTestExecutionCallback,
                AfterAllCallback,
                LifecycleMethodExecutionExceptionHandler {
    private boolean failed;

    @Override
    public void beforeAll(ExtensionContext context) throws IOException {
        open();
    }

    @Override
    public void afterTestExecution(ExtensionContext context) {
        failed |= context.getExecutionException().isPresent();
    }

    @Override
    public void handleBeforeAllMethodExecutionException(ExtensionContext context, Throwable e)
            throws Throwable {
        failed = true;
        throw e;
    }

    @Override
    public void afterAll(ExtensionContext context) throws IOException {
        if (failed) {
            keepLogs(Path.of("target", "e2e-logs", context.getRequiredTestClass().getSimpleName()));
        }
        end();
    }
}
