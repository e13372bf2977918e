// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.e2e;

import java.util.Arrays;
import java.util.List;

/// Bad input of every kind with what the programs make of it: the one line that they say and their
/// exit status. The tests run this table, and the page `docs/reference/bad-input.md` shows it.
///
/// In a line `<url>`, `<dir>`, `<host>` and the like stand for what the case has there.
public enum BadInput {
    NO_URL(Group.COMMAND, "no URL", 2, "dfget: no URL given (see dfget --help)"),
    URL_MALFORMED(
            Group.COMMAND,
            "a URL that is none: `http://exa mple/file`",
            2,
            "dfget: not a URL: illegal character in authority at character 11"),
    URL_WITHOUT_HOST(
            Group.COMMAND,
            "a URL without a host: `http:///file`",
            2,
            "dfget: the URL has no valid host"),
    SCHEME_UNKNOWN(
            Group.COMMAND,
            "a scheme that nobody knows",
            11,
            "dfget: cannot read <url>: the scheme 'gopher' is not known here (known: file, http,"
                    + " https)"),
    OPTION_UNKNOWN(
            Group.COMMAND,
            "an option that does not exist",
            2,
            "dfget: unknown option '--locallimt' (did you mean '--locallimit'?) (see dfget"
                    + " --help)"),
    LIMIT_MALFORMED(
            Group.COMMAND,
            "a limit that is no rate",
            2,
            "dfget: Invalid value for option '--locallimit': not a rate: 'fast' (write bytes per"
                    + " second, or a number with K, M or G, like 20M; 0 = unlimited) (see dfget"
                    + " --help)"),
    TIME_MALFORMED(
            Group.COMMAND,
            "a time that is none",
            2,
            "dfget: Invalid value for option '--timeout': 'soon' is not a duration: write 10s, 5m,"
                    + " 1h or plain seconds (see dfget --help)"),
    DIGEST_MALFORMED(
            Group.COMMAND,
            "a digest that is none",
            2,
            "dfget: --digest: SHA-256 digest must have 64 hex digits: 12"),
    HEADER_MALFORMED(
            Group.COMMAND,
            "a header that is none",
            2,
            "dfget: --header: a header looks like 'Name: value'"),
    KEY_UNKNOWN(
            Group.COMMAND,
            "an unknown key in the configuration of `dfget`",
            2,
            "dfget: <dir>/file.yml:1: unknown key 'totallimt' (did you mean 'totallimit'?)"),
    DAEMON_KEY_UNKNOWN(
            Group.COMMAND,
            "the same for `dfdaemon`",
            2,
            "dfdaemon: <dir>/file.yml:1: unknown key 'totallimt' (did you mean 'totallimit'?)"),
    SUPERNODE_KEY_UNKNOWN(
            Group.COMMAND,
            "the same for `supernode`",
            2,
            "supernode: <dir>/file.yml:1: unknown key 'adverise' (did you mean 'advertise'?)"),
    CONFIG_NO_YAML(
            Group.COMMAND,
            "a configuration that is no YAML",
            2,
            "dfget: <dir>/file.yml:2: not YAML: expected ',' or ']', but got <stream end>"),

    STATUS_401(
            Group.ORIGIN, "401", 4, "dfget: <url> answered 401 No; check credentials and rights"),
    STATUS_403(
            Group.ORIGIN, "403", 4, "dfget: <url> answered 403 No; check credentials and rights"),
    STATUS_404(Group.ORIGIN, "404", 3, "dfget: <url> answered 404 No"),
    STATUS_418(Group.ORIGIN, "another status that says no", 6, "dfget: <url> answered 418 No"),
    STATUS_500(Group.ORIGIN, "500", 5, "dfget: <url> answered 500 No"),
    STATUS_503(Group.ORIGIN, "503", 5, "dfget: <url> answered 503 No"),
    DNS_FAILURE(
            Group.ORIGIN,
            "a name that DNS does not know",
            7,
            "dfget: the name of no-such-host.invalid:80 cannot be resolved; check it and the DNS"),
    CONNECTION_REFUSED(
            Group.ORIGIN,
            "a port where nobody listens",
            7,
            "dfget: connection to <host> refused; check that a server runs there"),
    TLS_UNTRUSTED(
            Group.ORIGIN,
            "a certificate that nobody trusts",
            8,
            "dfget: no TLS with <host>: no trusted authority signed its certificate; give its CA,"
                    + " if it is your own"),
    METADATA_ADDRESS(
            Group.ORIGIN,
            "the address of a metadata service",
            11,
            "dfget: refused to connect to 169.254.169.254:80: 169.254.169.254 is a link-local"
                    + " address"),
    METADATA_REDIRECT(
            Group.ORIGIN,
            "a redirect to such an address",
            11,
            "dfget: refused to connect to 169.254.169.254:80: 169.254.169.254 is a link-local"
                    + " address"),
    REDIRECT_LOOP(
            Group.ORIGIN,
            "redirects without an end",
            9,
            "dfget: <url> redirects in a loop through <url>"),
    SHORTER_THAN_PROMISED(
            Group.ORIGIN,
            "less content than its length says, each time",
            7,
            "dfget: the answer of <url> was cut off after 3000000 of 3001000 bytes (connection"
                    + " ended)"),
    LONGER_THAN_PROMISED(
            Group.ORIGIN,
            "more content than its length says",
            9,
            "dfget: the answer of <url> is not valid HTTP/1.1: 400: more bytes than it promised"),
    RESET_ALWAYS(
            Group.ORIGIN,
            "a connection that breaks before the first byte, each time",
            7,
            "dfget: the answer of <url> was cut off after 0 of 3000000 bytes (connection ended)"),
    TRUNCATED_ONCE(Group.ORIGIN, "an answer that breaks off once: goes on from there", 0, ""),
    RANGE_IGNORED(
            Group.ORIGIN, "the same, and `Range` is ignored: read from the start again", 0, ""),
    CONTENT_RANGE_WRONG(
            Group.ORIGIN,
            "the same, with a wrong `Content-Range`: read from the start again",
            0,
            ""),
    CHANGED_MIDWAY(
            Group.ORIGIN,
            "content that changes when bytes of it are out already (`-O -`)",
            10,
            "dfget: the content changed at the origin while it was being read: start again"),
    CHANGED_BEFORE(
            Group.ORIGIN, "content that changes when none are out: the new one is taken", 0, ""),
    DRIPS(
            Group.ORIGIN,
            "a byte a second, with `--timeout 4`",
            15,
            "dfget: not done within 4s (--timeout); the same command goes on from here"),
    SILENT(
            Group.ORIGIN,
            "a connection that closes without an answer, each time",
            7,
            "dfget: <host> closed the connection without an answer"),
    DIGEST_WRONG(
            Group.ORIGIN,
            "content that does not have the digest of `--digest`",
            12,
            "dfget: the content is not what --digest says (<digest>): check the digest and the"
                    + " URL"),
    MD5_WRONG(
            Group.ORIGIN,
            "the same with `--md5`",
            12,
            "dfget: the content is not what --digest says (<digest>): check the digest and the"
                    + " URL"),

    DIRECTORY_MISSING(
            Group.OUTPUT,
            "`-O` into a directory that does not exist",
            14,
            "dfget: cannot write <dir>/no/file: the directory does not exist (mkdir -p <dir>/no)"),
    DIRECTORY_NOT_WRITABLE(
            Group.OUTPUT,
            "`-O` into a directory that the user may not write",
            14,
            "dfget: cannot write /sys/kernel/file: permission denied"),
    OUTPUT_IS_DIRECTORY(
            Group.OUTPUT,
            "`-O` names a directory",
            14,
            "dfget: <dir>/sub is a directory: name the file, as in -O <dir>/sub/NAME"),
    OUTPUT_FULL(
            Group.OUTPUT,
            "no space where standard output leads to (`-O -`)",
            13,
            "dfget: cannot write the output: No space left on device"),
    STORE_FULL(
            Group.OUTPUT,
            "content that is larger than the free space, and than what a host without room hands on"
                    + " (`-O -`)",
            13,
            "dfget: the store is full: the store has no room for <n> bytes, and"
                    + " 274877906944 are the most that can be handed on without"),

    SUPERNODE_PORT_IN_USE(
            Group.START,
            "`supernode --port` that is in use",
            19,
            "supernode: cannot listen on <host>: Address already in use"),
    SUPERNODE_PIECE_PORT_IN_USE(
            Group.START,
            "`supernode --piece-port` that is in use",
            19,
            "supernode: cannot listen for piece requests on /<host>: Address already in use"),
    SUPERNODE_HOME_IN_USE(
            Group.START,
            "`supernode --home` of another one",
            18,
            "supernode: the store <home>/data is in use by another process; stop it or name another"
                    + " home"),
    PIECE_PORT_IN_USE(
            Group.START,
            "`dfdaemon --piece-port` that is in use",
            19,
            "dfdaemon: cannot listen for piece requests on /<host>:" + " Address already in use"),
    HTTP_PORT_IN_USE(
            Group.START,
            "`dfdaemon --http-port` that is in use",
            19,
            "dfdaemon: cannot listen on <host>: Address already in use"),
    HOME_IN_USE(
            Group.START,
            "`dfdaemon --home` of another one",
            18,
            "dfdaemon: another dfdaemon uses <home>: stop it, or name another --home"),
    HOME_NOT_WRITABLE(
            Group.START,
            "`dfdaemon --home` that cannot be made",
            14,
            "dfdaemon: cannot use the home <dir>/x/home: Not a directory"),

    SUPERNODE_UNREACHABLE(
            Group.SUPERNODE,
            "no supernode answers, and `--notbs`",
            16,
            "dfget: no supernode answers (supernode <host>: Connection refused) and --notbs forbids"
                    + " the origin: check --node"),
    SUPERNODE_INCOMPATIBLE(
            Group.SUPERNODE,
            "a supernode of another time, and `--notbs`",
            16,
            "dfget: no supernode answers (supernode <host>: this supernode speaks versions 8..9 of"
                    + " the protocol, the peer 1..1) and --notbs forbids the origin: check --node"),
    SUPERNODE_IS_NONE(
            Group.SUPERNODE,
            "`--node` names something else, and `--notbs`",
            16,
            "dfget: no supernode answers (supernode <host>: no supernode answers there (HTTP 404))"
                    + " and --notbs forbids the origin: check --node");

    /// Where the trouble comes from.
    public enum Group {
        COMMAND("Command line and configuration"),
        ORIGIN("The origin"),
        OUTPUT("The output and the disk"),
        START("Starting a program"),
        SUPERNODE("The supernode");

        private final String title;

        Group(String title) {
            this.title = title;
        }

        public String title() {
            return title;
        }

        /// Its rows, in order.
        public List<BadInput> rows() {
            return Arrays.stream(BadInput.values()).filter(row -> row.group == this).toList();
        }
    }

    private final Group group;
    private final String what;
    private final int exit;
    private final String line;

    BadInput(Group group, String what, int exit, String line) {
        this.group = group;
        this.what = what;
        this.exit = exit;
        this.line = line;
    }

    public Group group() {
        return group;
    }

    /// The case, for people.
    public String what() {
        return what;
    }

    /// Exit status of the program.
    public int exit() {
        return exit;
    }

    /// All that is on standard error; empty where the input is put up with.
    public String line() {
        return line;
    }
}
