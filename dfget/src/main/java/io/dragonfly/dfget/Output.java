// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.dfget;

import io.dragonfly.cli.CommandFailure;
import io.dragonfly.cli.ExitCode;
import io.dragonfly.cli.Reason;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// Where the content goes.
sealed interface Output extends Closeable permits FileOutput, StreamOutput {
    WritableByteChannel channel();

    /// All bytes are written: make them appear.
    void commit() throws IOException;

    /// Without a commit before, nothing is left behind. Idempotent.
    @Override
    void close() throws IOException;

    /// Checks the target before anything is fetched.
    ///
    /// @throws CommandFailure with a hint where nothing can be written there
    static Output open(Job job, DfgetEnvironment environment) {
        if (job.toStandardOutput()) {
            return new StreamOutput(Channels.newChannel(environment.out()));
        }
        Path named = environment.workingDirectory().resolve(job.output()).toAbsolutePath();
        try {
            Target target = Target.of(named);
            if (target.kind() == Target.Kind.DIRECTORY) {
                throw new CommandFailure(
                        ExitCode.OUTPUT,
                        job.output()
                                + " is a directory: name the file, as in -O "
                                + Path.of(job.output()).resolve("NAME"));
            }
            if (target.inStore()) {
                throw inStore(job.output());
            }
            return target.kind() == Target.Kind.OTHER
                    ? new StreamOutput(
                            Files.newByteChannel(target.path(), StandardOpenOption.WRITE))
                    : FileOutput.beside(target.path());
        } catch (IOException e) {
            Path parent = named.getParent();
            String hint =
                    e instanceof NoSuchFileException && parent != null && !Files.exists(parent)
                            ? ": the directory does not exist (mkdir -p " + parent + ")"
                            : Reason.of(e);
            ExitCode code = Reason.isNoSpace(e) ? ExitCode.NO_SPACE : ExitCode.OUTPUT;
            throw new CommandFailure(code, "cannot write " + job.output() + hint, e);
        }
    }

    static CommandFailure inStore(String output) {
        return new CommandFailure(
                ExitCode.OUTPUT,
                "cannot write "
                        + output
                        + ": it lies in a store of Dragonfly, which it would destroy; name another"
                        + " file with -O");
    }
}
