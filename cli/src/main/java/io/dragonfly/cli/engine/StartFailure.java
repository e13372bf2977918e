// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.cli.engine;

import io.dragonfly.cli.CommandFailure;
import io.dragonfly.cli.ExitCode;
import io.dragonfly.cli.Reason;
import io.dragonfly.storage.StoreInUseException;

import java.io.IOException;
import java.net.BindException;
import java.nio.file.FileSystemException;

/// Why an engine or a server did not start, for the user.
public final class StartFailure {
    private StartFailure() {}

    /// The failure with its own exit code: the store is somebody else's, an address cannot be
    /// listened on, files cannot be used, the disk is full.
    public static CommandFailure of(IOException e) {
        ExitCode code =
                switch (e) {
                    case StoreInUseException _ -> ExitCode.HOME_IN_USE;
                    case IOException _ when isBind(e) -> ExitCode.CANNOT_LISTEN;
                    case IOException _ when Reason.isNoSpace(e) -> ExitCode.NO_SPACE;
                    case FileSystemException _ -> ExitCode.OUTPUT;
                    default -> ExitCode.FAILED;
                };
        String text =
                e instanceof FileSystemException file && file.getFile() != null
                        ? "cannot use " + file.getFile() + Reason.of(e)
                        : Reason.of(e).substring(2);
        return new CommandFailure(code, text, e);
    }

    /// Servers say where they wanted to listen, and wrap what the system said, more than once.
    private static boolean isBind(Throwable e) {
        Throwable cause = e;
        for (int depth = 0; cause != null && depth < 10; depth++) {
            if (cause instanceof BindException) {
                return true;
            }
            cause = cause.getCause();
        }
        return false;
    }
}
