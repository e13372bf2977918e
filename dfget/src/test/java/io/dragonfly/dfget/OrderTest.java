// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.dfget;

import static org.assertj.core.api.Assertions.assertThat;

import io.dragonfly.cli.daemon.DownloadOrder;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// What the command line becomes on the wire, and what it is refused for.
final class OrderTest extends DfgetScenario {
    private DownloadOrder ordered(String flags) throws InterruptedException {
        playSmall("x");
        assertThat(run((URL + " -q " + flags).split(" "))).isZero();
        assertThat(err.toString()).isEmpty();
        return daemon.order();
    }

    @Test
    void flagsOfTheRequestAreInTheOrder() throws Exception {
        Path pem = Files.writeString(file("ca.pem"), "-----BEGIN CERTIFICATE-----\nAA\n");
        Path headers = Files.writeString(file("headers"), "B: 2\n\n C: 3 \n");
        environment.put("SECRET_HEADER", "Authorization: Bearer abc");
        DownloadOrder order =
                ordered(
                        "--header A:1 --header @%s --header-env SECRET_HEADER --digest SHA256:%s"
                                        .formatted(headers, "AB".repeat(32))
                                + " --cacerts %s --insecure -f sig&time -i tag".formatted(pem));
        assertThat(order.url()).isEqualTo(URL);
        assertThat(order.headers())
                .containsExactly("A: 1", "B: 2", "C: 3", "Authorization: Bearer abc");
        assertThat(order.digest()).isEqualTo("sha256:" + "ab".repeat(32));
        assertThat(order.caCerts()).contains("BEGIN CERTIFICATE");
        assertThat(order.insecure()).isTrue();
        assertThat(order.filter()).containsExactly("sig", "time");
        assertThat(order.tag()).isEqualTo("tag");
    }

    @Test
    void flagsOfTheTransportAreInTheOrder() throws Exception {
        DownloadOrder order =
                ordered(
                        "-s 20M --totallimit 1G -n a,[::1]:1=5 --notbs -p cdn --callsystem ci"
                                + " -e 1m -c --class Background");
        assertThat(order.traffic()).isEqualTo("background");
        assertThat(order.bytesPerSecond()).isEqualTo(20L << 20);
        assertThat(order.totalBytesPerSecond()).isEqualTo(1L << 30);
        assertThat(order.nodes()).containsExactly("[::1]:1", "a:8002");
        assertThat(order.backToSource()).isFalse();
        assertThat(order.pattern()).isEqualTo("cdn");
        assertThat(order.callSystem()).isEqualTo("ci");
    }

    @Test
    void theUrlAndTheOutputMayBeFlagsToo() throws Exception {
        playSmall("x");
        assertThat(run("-u", URL, "-O", file("o").toString())).isZero();
        assertThat(daemon.order().url()).isEqualTo(URL);
        assertThat(file("o")).hasContent("x");
    }

    @Test
    void withoutFlagsTheOrderHasTheDefaults() throws Exception {
        playSmall("x");
        assertThat(run(URL)).isZero();
        assertThat(daemon.order()).isEqualTo(DownloadOrder.of(URL));
    }

    @Test
    void md5IsADigestToo() throws Exception {
        playSmall("x");
        assertThat(run(URL, "--md5", "0123456789ABCDEF0123456789abcdef")).isZero();
        assertThat(daemon.order().digest()).isEqualTo("md5:0123456789abcdef0123456789abcdef");
    }

    @Test
    void netrcGivesTheHostsCredentialsUnlessOthersAreGiven() throws Exception {
        Files.writeString(
                directory.resolve("user/.netrc"), "machine origin.test login me password pw\n");
        playSmall("x");
        assertThat(run(URL)).isZero();
        assertThat(daemon.order().headers()).containsExactly("Authorization: Basic bWU6cHc=");
        assertThat(run(URL, "--no-netrc")).isZero();
        assertThat(daemon.order().headers()).isEmpty();
        assertThat(run(URL, "--header", "authorization: Bearer x")).isZero();
        assertThat(daemon.order().headers()).containsExactly("authorization: Bearer x");
        assertThat(run("http://u:p@origin.test/x")).isZero();
        assertThat(daemon.order().headers()).isEmpty();
        assertThat(run("http://other.test/x")).isZero();
        assertThat(daemon.order().headers()).isEmpty();
    }

    @Test
    void badInputIsOneLineAndTheRightCode() throws IOException {
        Files.writeString(file("empty.pem"), "no certificate");
        Object[][] bad = {
            {2, "no URL given", new String[] {}},
            {2, "has no scheme", new String[] {"origin.test/x"}},
            {2, "no valid host", new String[] {"http:///x"}},
            {2, "illegal character", new String[] {"http://h/a b"}},
            {2, "two URLs", new String[] {URL, "-u", "http://h/"}},
            {2, "argument too many", new String[] {URL, "http://h/"}},
            {2, "exclude each other", new String[] {URL, "--md5", "00", "--digest", "md5:00"}},
            {2, "must have 32 hex digits", new String[] {URL, "--md5", "00"}},
            {2, "unknown digest algorithm", new String[] {URL, "--digest", "crc:00"}},
            {2, "'Name: value'", new String[] {URL, "--header", "nonsense-secret"}},
            {2, "cannot read", new String[] {URL, "--header", "@/nowhere"}},
            {2, "no variable 'NOPE'", new String[] {URL, "--header-env", "NOPE"}},
            {2, "not a rate", new String[] {URL, "-s", "fast"}},
            {2, "--class must be", new String[] {URL, "--class", "urgent"}},
            {2, "not a duration", new String[] {URL, "-e", "soon"}},
            {2, "holds no PEM", new String[] {URL, "--cacerts", file("empty.pem").toString()}},
            {2, "p2p, cdn or source", new String[] {URL, "-p", "x"}},
            {2, "exclude each other", new String[] {URL, "-p", "source", "--notbs"}},
            {2, "not a supernode", new String[] {URL, "-n", "a=b"}},
            {2, "both want standard output", new String[] {URL, "--json", "-O", "-"}},
            {14, "is a directory: name the file", new String[] {URL, "-O", directory.toString()}},
            {14, "does not exist (mkdir -p", new String[] {URL, "-O", "no/such/x"}},
        };
        for (Object[] row : bad) {
            err.getBuffer().setLength(0);
            String[] args = (String[]) row[2];
            assertThat(run(args)).as(String.join(" ", args)).isEqualTo(row[0]);
            assertThat(err.toString())
                    .startsWith("dfget: ")
                    .contains((String) row[1])
                    .hasLineCount(1)
                    .doesNotContain("nonsense-secret");
        }
    }

    @Test
    void whatV1HadAndNobodyNeedsIsAcceptedWithAWarning() {
        playSmall("x");
        assertThat(
                        run(
                                URL,
                                "-q",
                                "--clientqueue",
                                "6",
                                "--minrate",
                                "64K",
                                "--expiretime",
                                "3m",
                                "--console",
                                "-b",
                                "--dfdaemon",
                                "--ip",
                                "1.2.3.4",
                                "--port",
                                "1"))
                .isZero();
        assertThat(err.toString().lines())
                .hasSize(8)
                .allMatch(line -> line.startsWith("dfget: warning: --"));
    }

    @Test
    void optionsComeFromTheEnvironmentToo() throws Exception {
        playSmall("x");
        environment.put("DFGET_NODE", "env:1");
        environment.put("DFGET_QUIET", "true");
        assertThat(run(URL)).isZero();
        assertThat(daemon.order().nodes()).containsExactly("env:1");
        assertThat(err.toString()).isEmpty();
    }
}
