// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.cli.engine;

import io.dragonfly.cli.CommandFailure;
import io.dragonfly.origin.Network;
import io.dragonfly.origin.OriginRules;
import io.dragonfly.origin.OriginRules.Loopback;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Option;

import java.util.ArrayList;
import java.util.List;

/// Which addresses origins may have: options of every program that reads origins for others.
public final class OriginOptions {
    private static final String HEADING = "Origins";

    @Option(
            names = "--loopback-origins",
            arity = "0..1",
            fallbackValue = "true",
            paramLabel = "true|false",
            descriptionKey = HEADING,
            description =
                    "Whether URLs may lead to this machine's own addresses. Default: supernode,"
                        + " only where --ip is one itself; dfdaemon, only where its own user names"
                        + " one in the URL. A redirect from elsewhere never may.")
    private @Nullable Boolean loopback;

    @Option(
            names = "--deny-origins",
            paramLabel = "NETWORK",
            split = ",",
            descriptionKey = HEADING,
            description = "Never read origins in these networks, as 10.0.0.0/8 (repeatable).")
    private List<String> denied = new ArrayList<>();

    @Option(
            names = "--allow-origins",
            paramLabel = "NETWORK",
            split = ",",
            descriptionKey = HEADING,
            description =
                    "Read only origins in these networks (repeatable). Link-local and metadata"
                            + " addresses are refused nevertheless.")
    private List<String> allowed = new ArrayList<>();

    /// @param byDefault where nothing is said of loopback
    /// @throws CommandFailure where something is no network
    public OriginRules rules(Loopback byDefault) {
        Loopback chosen = loopback == null ? byDefault : loopback ? Loopback.ANY : Loopback.NEVER;
        return new OriginRules(
                chosen, networks("--deny-origins", denied), networks("--allow-origins", allowed));
    }

    private static List<Network> networks(String option, List<String> texts) {
        try {
            return texts.stream().map(text -> Network.ofText(text.strip())).toList();
        } catch (IllegalArgumentException e) {
            throw CommandFailure.usage(option + ": " + e.getMessage());
        }
    }
}
