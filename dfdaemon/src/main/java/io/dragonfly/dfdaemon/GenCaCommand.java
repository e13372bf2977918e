// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.dfdaemon;

import io.dragonfly.cli.CommandFailure;
import io.dragonfly.cli.ExitCode;
import io.dragonfly.cli.Reason;
import io.dragonfly.cli.VersionText;
import io.dragonfly.cli.WholeNumber;
import io.dragonfly.proxy.Authority;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;

/// `dfdaemon gen-ca`: makes the authority for reading HTTPS requests to listed hosts.
@Command(
        name = "dfdaemon-gen-ca",
        versionProvider = VersionText.class,
        description = {
            "Makes an authority of this host alone, for --intercept. It can sign for the hosts"
                    + " named here and for no others. Have the container engine believe it, not"
                    + " the whole system."
        },
        customSynopsis = {"dfdaemon gen-ca --host HOST... [OPTION]..."},
        sortOptions = false)
final class GenCaCommand implements Callable<Integer> {
    private final DaemonEnvironment environment;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--host",
            paramLabel = "HOST",
            descriptionKey = "Authority",
            description = "Host it may sign for, and all names below; repeatable.")
    private @Nullable List<String> hosts;

    @Option(
            names = "--common-name",
            paramLabel = "NAME",
            descriptionKey = "Authority",
            description = "Shown to people. Default: dfdaemon on this host.")
    private @Nullable String commonName;

    @Option(
            names = "--days",
            paramLabel = "COUNT",
            converter = WholeNumber.Count.class,
            defaultValue = "365",
            descriptionKey = "Authority",
            description = "How long it is believed; a year at most.")
    private int days = 365;

    @Option(
            names = "--cert-output",
            paramLabel = "FILE",
            defaultValue = "/etc/dragonfly/intercept.crt",
            descriptionKey = "Authority",
            description = "Where the certificate goes.")
    private Path certificate = Path.of("/etc/dragonfly/intercept.crt");

    @Option(
            names = "--key-output",
            paramLabel = "FILE",
            defaultValue = "/etc/dragonfly/intercept.key",
            descriptionKey = "Authority",
            description = "Where the key goes; nobody else may read it.")
    private Path key = Path.of("/etc/dragonfly/intercept.key");

    @Option(
            names = "--overwrite",
            arity = "0..1",
            fallbackValue = "true",
            hideParamSyntax = true,
            descriptionKey = "Authority",
            description = "Replace files that exist.")
    private boolean overwrite;

    GenCaCommand(DaemonEnvironment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() {
        if (hosts == null || hosts.isEmpty()) {
            throw CommandFailure.usage("--host is missing: name the hosts that it may sign for");
        }
        String name =
                commonName != null
                        ? commonName
                        : "dfdaemon on " + Places.hostname(environment.variables());
        Authority made;
        try {
            made =
                    Authority.create(
                            name,
                            hosts,
                            Duration.ofDays(days),
                            environment.peer().clock().instant());
        } catch (IllegalArgumentException e) {
            throw new CommandFailure(ExitCode.USAGE, String.valueOf(e.getMessage()), e);
        }
        requireNone(certificate);
        requireNone(key);
        write(key, made.keyPem(), "rw-------");
        write(certificate, made.certificatePem(), "rw-r--r--");
        PrintWriter out = spec.commandLine().getOut();
        out.println("authority: " + certificate + " until " + made.end());
        out.println("key: " + key);
        return 0;
    }

    private void requireNone(Path file) {
        if (!overwrite && Files.exists(file)) {
            throw CommandFailure.usage(file + " exists: name another, or give --overwrite");
        }
    }

    /// The file is never there with other rights, and never half.
    private static void write(Path file, String text, String rights) {
        try {
            Path directory = Files.createDirectories(file.toAbsolutePath().getParent());
            Path fresh =
                    Files.createTempFile(
                            directory,
                            ".gen-ca",
                            null,
                            PosixFilePermissions.asFileAttribute(
                                    PosixFilePermissions.fromString("rw-------")));
            try {
                Files.writeString(fresh, text);
                Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString(rights));
                Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(fresh);
            }
        } catch (IOException e) {
            throw new CommandFailure(ExitCode.OUTPUT, "cannot write " + file + Reason.of(e), e);
        }
    }
}
