// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.cli;

/// How a program ended, for scripts. One table for all programs; a number is never given a second
/// meaning. Each but the first has a word, the same that the API uses as the failure's `code`.
public enum ExitCode {
    OK(0, "", "success"),
    INTERNAL(1, "internal", "a bug of ours; please report it with the output of --verbose"),
    USAGE(2, "usage", "bad command line, environment variable or configuration file"),
    ORIGIN_NOT_FOUND(3, "origin-not-found", "the origin does not have it (404, 410)"),
    ORIGIN_DENIED(4, "origin-denied", "the origin wants (other) credentials (401, 403, 407)"),
    ORIGIN_UNAVAILABLE(5, "origin-unavailable", "the origin is overloaded or broken (429, 5xx)"),
    ORIGIN_STATUS(6, "origin-status", "the origin answered with another unexpected status"),
    ORIGIN_NETWORK(7, "origin-network", "the origin cannot be reached, or the connection broke"),
    ORIGIN_TLS(8, "origin-tls", "no trusted TLS connection to the origin"),
    ORIGIN_PROTOCOL(9, "origin-protocol", "the origin's answer makes no sense (redirect loop, …)"),
    ORIGIN_CHANGED(10, "origin-changed", "the content changed at the origin while it was read"),
    URL_REFUSED(11, "url-refused", "unknown URL scheme, or a URL that is not allowed"),
    DIGEST_MISMATCH(12, "digest-mismatch", "the content does not have the digest that was given"),
    NO_SPACE(13, "no-space", "no space left for the content"),
    OUTPUT(14, "output-not-writable", "the output file, or the home, cannot be written"),
    TIMEOUT(15, "timeout", "not done within --timeout"),
    SUPERNODE_UNREACHABLE(
            16,
            "supernode-unreachable",
            "no supernode answers, and --notbs forbids reading the origin"),
    DAEMON_UNAVAILABLE(
            17, "daemon-unavailable", "dfdaemon cannot be started, does not answer or went away"),
    HOME_IN_USE(18, "home-in-use", "another dfdaemon uses this home directory"),
    CANNOT_LISTEN(19, "cannot-listen", "an address or socket to listen on is taken or not allowed"),
    FAILED(20, "download-failed", "the download failed for a reason that has no number of its own"),
    NOT_PERMITTED(21, "not-permitted", "files or downloads of somebody else"),
    TOO_MANY_DOWNLOADS(
            22,
            "too-many-downloads",
            "dfdaemon has its limit of downloads, of all users or of this one; try again later"),
    STORE_FAILED(23, "store-failed", "dfdaemon cannot read or write its store"),
    SUPERNODE_STORE_FAILED(
            24, "supernode-store-failed", "the supernode cannot read or write its store"),
    OVERLOADED(25, "overloaded", "the supernode has too much to do; try again later"),
    REMOVED(26, "removed", "the content was removed while it was downloaded; try again"),
    CANCELLED(130, "cancelled", "stopped by Ctrl-C or a signal; the same command goes on later");

    private final int number;
    private final String word;
    private final String meaning;

    ExitCode(int number, String word, String meaning) {
        this.number = number;
        this.word = word;
        this.meaning = meaning;
    }

    /// The process's exit status.
    public int number() {
        return number;
    }

    /// The word that APIs and `--json` use; empty for success.
    public String word() {
        return word;
    }

    /// One line for people.
    public String meaning() {
        return meaning;
    }

    /// The exit code for a failure's code word; [#FAILED] for a word that is not in the table (a
    /// daemon may be newer than its client).
    public static ExitCode of(String word) {
        for (ExitCode code : values()) {
            if (!code.word.isEmpty() && code.word.equals(word)) {
                return code;
            }
        }
        return FAILED;
    }
}
