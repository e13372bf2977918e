// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.cli;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Model.CommandSpec;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;

/// Who is let in, and who is believed: options of every program that takes part in a cluster. They
/// name files, so that no secret need stand on a command line.
public final class ClusterOptions {
    private static final String MIXIN = "cluster";

    private final Options.Value<@Nullable String> token;
    private final Options.Value<@Nullable Path> tokenFile;
    private final Options.Value<@Nullable Path> cert;
    private final Options.Value<@Nullable Path> key;
    private final Options.Value<@Nullable Path> ca;

    private ClusterOptions(CommandSpec command) {
        CommandSpec mixin = CommandSpec.wrapWithoutInspection(this);
        Options options = new Options(mixin, "Who is let in, and who is believed");
        token =
                options.text(
                        "TOKEN",
                        "Supernodes let in only peers that show the same. Better in a file or the"
                                + " environment.",
                        "--cluster-token");
        tokenFile =
                options.path("FILE", "The same, as the file's first line.", "--cluster-token-file");
        cert =
                options.path(
                        "FILE",
                        "Certificate of this host, and those up to the authority's; PEM.",
                        "--tls-cert");
        key = options.path("FILE", "Its private key; PEM, without a password.", "--tls-key");
        ca =
                options.path(
                        "FILE",
                        "Only who has a certificate of these authorities is believed; PEM.",
                        "--tls-ca");
        command.addMixin(MIXIN, mixin);
    }

    /// To be called once for a command.
    public static void addTo(CommandSpec command) {
        var _ = new ClusterOptions(command);
    }

    /// Those of a command that they were added to.
    public static ClusterOptions of(CommandSpec command) {
        CommandSpec mixin = Objects.requireNonNull(command.mixins().get(MIXIN), "not added");
        return (ClusterOptions) mixin.userObject();
    }

    /// Makes something of the three files, of which some may be null.
    ///
    /// @param <T> what is made
    public interface Loader<T> {
        /// @throws IOException with one line that names the file
        T load(@Nullable Path cert, @Nullable Path key, @Nullable Path ca) throws IOException;
    }

    /// The token, wherever it stands; null where there is none.
    ///
    /// @throws CommandFailure where its file cannot be used
    public @Nullable String token() {
        Path file = tokenFile.get();
        if (file == null) {
            return token.get();
        }
        if (token.get() != null) {
            throw CommandFailure.usage("--cluster-token and --cluster-token-file: give one");
        }
        return TokenFile.read("--cluster-token-file", file);
    }

    /// What the TLS options say to somebody who serves in any case: an authority alone is no use.
    ///
    /// @param <T> what is made
    public <T> @Nullable T serverTls(Loader<T> loader) {
        if (ca.get() != null && cert.get() == null) {
            throw CommandFailure.usage("--tls-ca needs --tls-cert and --tls-key here");
        }
        return tls(loader);
    }

    /// What they say to somebody who connects to supernodes: a certificate alone is no use, for
    /// nobody would be verified.
    ///
    /// @param <T> what is made
    public <T> @Nullable T peerTls(Loader<T> loader) {
        if (cert.get() != null && ca.get() == null) {
            throw CommandFailure.usage("--tls-cert needs --tls-ca here: whom to believe");
        }
        return tls(loader);
    }

    private <T> @Nullable T tls(Loader<T> loader) {
        if ((cert.get() == null) != (key.get() == null)) {
            throw CommandFailure.usage("--tls-cert and --tls-key: give both or none");
        }
        if (cert.get() == null && ca.get() == null) {
            return null;
        }
        try {
            return loader.load(cert.get(), key.get(), ca.get());
        } catch (IOException e) {
            throw new CommandFailure(ExitCode.USAGE, "TLS: " + e.getMessage(), e);
        }
    }
}
