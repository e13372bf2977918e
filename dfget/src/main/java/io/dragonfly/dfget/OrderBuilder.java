// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.dfget;

import io.dragonfly.cli.CommandFailure;
import io.dragonfly.cli.ExitCode;
import io.dragonfly.cli.NodeList;
import io.dragonfly.cli.Reason;
import io.dragonfly.cli.daemon.DownloadOrder;
import io.dragonfly.core.model.Digest;
import io.dragonfly.core.model.Header;
import io.dragonfly.core.model.HostPort;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;

/// Turns option values into an order. Every error is one line that never repeats a credential.
final class OrderBuilder {
    private static final long MAX_FILE_BYTES = 1 << 20;

    private final DfgetEnvironment environment;
    private final String text;
    private final URI url;
    private String digest = "";
    private List<String> headers = List.of();
    private boolean insecure;
    private String caCerts = "";
    private List<String> filter = List.of();
    private String tag = "";
    private String pattern = "p2p";
    private List<String> nodes = List.of();
    private boolean backToSource = true;
    private long bytesPerSecond;
    private long totalBytesPerSecond;
    private String traffic = DownloadOrder.FOREGROUND;
    private String callSystem = "";

    OrderBuilder(DfgetEnvironment environment, String text) {
        this.environment = environment;
        this.text = text;
        this.url = parse(text);
    }

    URI url() {
        return url;
    }

    void digest(@Nullable String named, @Nullable String md5) {
        if (named != null && md5 != null) {
            throw CommandFailure.usage("--digest and --md5 exclude each other");
        }
        try {
            if (named != null) {
                digest = Digest.parse(named).toString();
            } else if (md5 != null) {
                digest = Digest.parse("md5:" + md5).toString();
            }
        } catch (IllegalArgumentException e) {
            throw new CommandFailure(
                    ExitCode.USAGE, (named != null ? "--digest: " : "--md5: ") + e.getMessage(), e);
        }
    }

    void headers(List<String> lines, List<String> variables, boolean netrc) {
        List<String> all = new ArrayList<>();
        for (String line : lines) {
            if (line.startsWith("@")) {
                for (String fileLine : read(Path.of(line.substring(1)), "--header").split("\n")) {
                    if (!fileLine.isBlank()) {
                        all.add(header(fileLine.strip(), "--header " + line));
                    }
                }
            } else {
                all.add(header(line, "--header"));
            }
        }
        for (String variable : variables) {
            String value = environment.variables().get(variable);
            if (value == null) {
                throw CommandFailure.usage(
                        "--header-env: the environment has no variable '" + variable + "'");
            }
            all.add(header(value, "--header-env " + variable));
        }
        if (netrc && url.getRawUserInfo() == null && !hasAuthorization(all)) {
            addFromNetrc(all);
        }
        headers = all;
    }

    void trust(boolean insecureOrigin, List<Path> files) {
        insecure = insecureOrigin;
        StringBuilder pem = new StringBuilder();
        for (Path file : files) {
            String content = read(file, "--cacerts");
            if (!content.contains("-----BEGIN CERTIFICATE-----")) {
                throw CommandFailure.usage("--cacerts: " + file + " holds no PEM certificate");
            }
            pem.append(content).append('\n');
        }
        caCerts = pem.toString();
    }

    void key(@Nullable String parameters, @Nullable String identifier) {
        if (parameters != null) {
            List<String> names = new ArrayList<>();
            for (String name : parameters.split("&")) {
                if (!name.isEmpty()) {
                    names.add(name);
                }
            }
            filter = names;
        }
        tag = identifier == null ? "" : identifier;
    }

    void from(String word, List<String> supernodes, boolean mayReadOrigin) {
        pattern = word.toLowerCase(Locale.ROOT);
        if (!pattern.equals("p2p") && !pattern.equals("cdn") && !pattern.equals("source")) {
            throw CommandFailure.usage("--pattern must be p2p, cdn or source, not '" + word + "'");
        }
        if (pattern.equals("source") && !mayReadOrigin) {
            throw CommandFailure.usage("--notbs and --pattern source exclude each other");
        }
        try {
            List<String> parsed = new ArrayList<>();
            for (HostPort node : NodeList.parse(supernodes)) {
                parsed.add(node.toString());
            }
            nodes = parsed;
        } catch (IllegalArgumentException e) {
            throw new CommandFailure(ExitCode.USAGE, "--node: " + e.getMessage(), e);
        }
        backToSource = mayReadOrigin;
    }

    /// @param word `foreground`, `preheat` or `background`
    void limits(long local, long total, String word) {
        bytesPerSecond = local;
        totalBytesPerSecond = total;
        traffic = word.toLowerCase(Locale.ROOT);
        if (!traffic.equals(DownloadOrder.FOREGROUND)
                && !traffic.equals("preheat")
                && !traffic.equals("background")) {
            throw CommandFailure.usage(
                    "--class must be foreground, preheat or background, not '" + word + "'");
        }
    }

    void caller(@Nullable String label) {
        callSystem = label == null ? "" : label;
    }

    DownloadOrder build() {
        return new DownloadOrder(
                text,
                headers,
                digest,
                filter,
                tag,
                insecure,
                caCerts,
                nodes,
                pattern,
                backToSource,
                bytesPerSecond,
                totalBytesPerSecond,
                traffic,
                callSystem);
    }

    /// The last element of the URL's path, as wget names files.
    String defaultOutput() {
        String path = url.getPath() == null ? "" : url.getPath();
        String name = path.substring(path.lastIndexOf('/') + 1);
        StringBuilder clean = new StringBuilder(name.length());
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            clean.append(c < ' ' || c == 127 ? '_' : c);
        }
        boolean usable = !clean.isEmpty() && !name.equals(".") && !name.equals("..");
        String file = usable ? clean.toString() : "index.html";
        return environment.workingDirectory().resolve(file).toString();
    }

    private static URI parse(String text) {
        if (text.indexOf("://") <= 0) {
            throw CommandFailure.usage(
                    "the URL has no scheme: write https://host/path (or http://, file://)");
        }
        try {
            URI url = new URI(text);
            if (url.getHost() == null && !url.getScheme().equalsIgnoreCase("file")) {
                throw CommandFailure.usage("the URL has no valid host");
            }
            return url;
        } catch (URISyntaxException e) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    "not a URL: "
                            + e.getReason().toLowerCase(Locale.ROOT)
                            + " at character "
                            + (e.getIndex() + 1),
                    e);
        }
    }

    private static String header(String line, String option) {
        try {
            Header header = Header.parse(line);
            return header.name() + ": " + header.value();
        } catch (IllegalArgumentException e) {
            throw new CommandFailure(ExitCode.USAGE, option + ": " + e.getMessage(), e);
        }
    }

    private static boolean hasAuthorization(List<String> lines) {
        for (String line : lines) {
            if (line.regionMatches(true, 0, "authorization:", 0, 14)) {
                return true;
            }
        }
        return false;
    }

    private void addFromNetrc(List<String> lines) {
        String home = environment.variables().get("HOME");
        String host = url.getHost();
        if (home == null || home.isEmpty() || host == null) {
            return;
        }
        Path file = Path.of(home, ".netrc");
        if (!Files.isReadable(file)) {
            return;
        }
        Netrc.Login login = Netrc.find(read(file, ".netrc"), host);
        if (login != null) {
            byte[] pair = (login.user() + ":" + login.password()).getBytes(StandardCharsets.UTF_8);
            lines.add("Authorization: Basic " + Base64.getEncoder().encodeToString(pair));
        }
    }

    private static String read(Path file, String option) {
        try {
            if (Files.size(file) > MAX_FILE_BYTES) {
                throw CommandFailure.usage(option + ": " + file + " is larger than 1 MiB");
            }
            return Files.readString(file);
        } catch (IOException e) {
            throw new CommandFailure(
                    ExitCode.USAGE, option + ": cannot read " + file + Reason.of(e), e);
        }
    }
}
