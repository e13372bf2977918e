// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.dfdaemon;

import io.dragonfly.cli.Addresses;
import io.dragonfly.cli.Reason;
import io.dragonfly.cli.Settings;
import io.dragonfly.cli.WholeNumber;
import io.dragonfly.origin.OriginRules;
import io.dragonfly.proxy.Authority;
import io.dragonfly.proxy.Bounds;
import io.dragonfly.proxy.ProxyConfig;
import io.dragonfly.proxy.Registry;
import io.dragonfly.proxy.Rule;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/// What container engines and package managers talk to.
final class ProxyOptions {
    private static final String PROXY = "Registry mirror and proxy";

    @Option(
            names = "--proxy-port",
            paramLabel = "PORT",
            converter = WholeNumber.OptionalPort.class,
            descriptionKey = PROXY,
            description = {
                "Port of the registry mirror and HTTP proxy; 0: any; -1: none. Default: 65001 for"
                        + " root without --home and --idle-exit, else none."
            })
    private @Nullable Integer port;

    @Option(
            names = "--proxy-ip",
            paramLabel = "ADDRESS",
            defaultValue = "127.0.0.1",
            descriptionKey = PROXY,
            description = "Address of that port. Others than loopback need --proxy-allow.")
    private String ip = "127.0.0.1";

    @Option(
            names = "--proxy-allow",
            paramLabel = "HOST",
            split = Settings.LIST_SEPARATOR,
            descriptionKey = PROXY,
            description = {
                "Host that clients may have asked, or *.DOMAIN; repeatable. Registries named with"
                        + " --registry need no such line. Default: all."
            })
    private @Nullable List<String> allowed;

    @Option(
            names = "--registry",
            paramLabel = "NAME [SETTING]...",
            split = Settings.LIST_SEPARATOR,
            descriptionKey = PROXY,
            description = {
                "A registry that needs settings, in one argument: remote=URL, ca=FILE, insecure,"
                        + " direct (not through the swarm); repeatable."
            })
    private @Nullable List<String> registries;

    @Option(
            names = "--default-registry",
            paramLabel = "NAME",
            defaultValue = ProxyConfig.DEFAULT_REGISTRY,
            descriptionKey = PROXY,
            description = "Registry of requests that do not say which they are for.")
    private String defaultRegistry = ProxyConfig.DEFAULT_REGISTRY;

    @Option(
            names = "--proxy-rule",
            paramLabel = "WORD... REGEX",
            split = Settings.LIST_SEPARATOR,
            descriptionKey = PROXY,
            description = {
                "What is done with requests of the HTTP proxy whose URL matches, in one argument:"
                        + " p2p, direct, redirect=HOST, use-https; repeatable, the first that"
                        + " matches holds."
            })
    private @Nullable List<String> rules;

    @Option(
            names = "--intercept",
            paramLabel = "HOST",
            split = Settings.LIST_SEPARATOR,
            descriptionKey = PROXY,
            description = {
                "Host whose HTTPS requests through the proxy are read, or *.DOMAIN; repeatable."
                        + " Needs --intercept-cert and --intercept-key of dfdaemon gen-ca."
            })
    private @Nullable List<String> intercepted;

    @Option(
            names = "--intercept-cert",
            paramLabel = "FILE",
            descriptionKey = PROXY,
            description = "Authority that clients believe for these hosts; PEM.")
    private @Nullable Path interceptCert;

    @Option(
            names = "--intercept-key",
            paramLabel = "FILE",
            descriptionKey = PROXY,
            description = "Its private key; PEM.")
    private @Nullable Path interceptKey;

    /// @param system whether it is the host's daemon
    /// @return null where there is to be no proxy
    /// @throws IllegalArgumentException with one line for users
    DfdaemonConfig.@Nullable Proxying config(
            boolean system, Duration idleExit, OriginRules origins, Map<String, String> variables) {
        boolean usual = system && idleExit.isZero();
        int chosen = port != null ? port : usual ? ProxyConfig.DEFAULT_PORT : -1;
        // Checked even where it is not used: a mistake should show at once.
        List<Registry> named =
                registries == null ? List.of() : registries.stream().map(Registry::parse).toList();
        List<Rule> followed = rules == null ? List.of() : rules.stream().map(Rule::parse).toList();
        if (chosen < 0) {
            return null;
        }
        Addresses.resolve("--proxy-ip", ip);
        ProxyConfig config =
                new ProxyConfig(
                        ip,
                        chosen,
                        named,
                        defaultRegistry,
                        allowed == null ? List.of() : allowed,
                        followed,
                        reading(),
                        origins,
                        variables,
                        Bounds.DEFAULT);
        return new DfdaemonConfig.Proxying(config, port != null);
    }

    private ProxyConfig.@Nullable Reading reading() {
        List<String> hosts = intercepted;
        if (hosts == null || hosts.isEmpty()) {
            return null;
        }
        Path cert = interceptCert;
        Path key = interceptKey;
        if (cert == null || key == null) {
            throw new IllegalArgumentException(
                    "--intercept needs --intercept-cert and --intercept-key: make them with"
                            + " dfdaemon gen-ca");
        }
        return new ProxyConfig.Reading(hosts, Authority.of(text(cert), text(key)));
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new IllegalArgumentException("cannot read " + file + Reason.of(e), e);
        }
    }
}
