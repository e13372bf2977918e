// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.e2e.bench;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// How topologies and sizes are written on a command line. Each method fails with an
/// [IllegalArgumentException] whose message says what was expected.
public final class Links {
    static final int MOST_PEERS = 190;

    private static final Pattern PAIR = Pattern.compile("(\\d{1,3})x(\\d{1,6}(?:\\.\\d{1,3})?)");
    private static final Pattern SHARE = Pattern.compile("(\\d{1,3})(%?)");
    private static final Pattern SIZE = Pattern.compile("(\\d{1,9})([kKmMgG]?)");

    private Links() {}

    /// So many peers with equal links.
    public static List<Topology.Peer> equal(int count, double mbit) {
        checkCount(count);
        List<Topology.Peer> peers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            peers.add(new Topology.Peer(group(mbit), mbit, mbit, ""));
        }
        return peers;
    }

    /// `COUNTxMBIT[,...]`: peers of several classes, in turns, so that no class starts first.
    static List<Topology.Peer> classes(String text) {
        List<List<Topology.Peer>> classes = new ArrayList<>();
        for (String part : text.split(",", -1)) {
            Matcher pair = match(PAIR, part, "--classes", "COUNTxMBIT, such as 10x50");
            classes.add(
                    new ArrayList<>(
                            equal(
                                    Integer.parseInt(pair.group(1)),
                                    Double.parseDouble(pair.group(2)))));
        }
        List<Topology.Peer> peers = new ArrayList<>();
        while (classes.stream().anyMatch(left -> !left.isEmpty())) {
            for (List<Topology.Peer> left : classes) {
                if (!left.isEmpty()) {
                    peers.add(left.removeLast());
                }
            }
        }
        checkCount(peers.size());
        return peers;
    }

    /// `NETWORKSxPEERS`: networks behind thin links.
    static Topology zones(
            String text, double thin, double peerMbit, double origin, double supernode) {
        Matcher pair = match(PAIR, text, "--idcs", "NETWORKSxPEERS, such as 3x6");
        if (pair.group(2).contains(".")) {
            throw new IllegalArgumentException("--idcs: not a number of peers: " + pair.group(2));
        }
        int networks = Integer.parseInt(pair.group(1));
        int each = Integer.parseInt(pair.group(2));
        checkCount(networks * each);
        List<Topology.Zone> zones = new ArrayList<>();
        List<Topology.Peer> peers = new ArrayList<>();
        for (int i = 0; i < networks; i++) {
            zones.add(new Topology.Zone("idc" + i, thin));
        }
        for (int i = 0; i < networks * each; i++) {
            String zone = zones.get(i % networks).name();
            peers.add(new Topology.Peer(zone, peerMbit, peerMbit, zone));
        }
        return new Topology(origin, supernode, peers, zones);
    }

    /// `COUNT` or `SHARE%` of so many; a share above 0 % is at least one.
    static int share(String text, int of) {
        Matcher share = match(SHARE, text, "--slow-uplinks", "a number or a share, such as 5%");
        int number = Integer.parseInt(share.group(1));
        if (share.group(2).isEmpty()) {
            return number;
        }
        return number == 0 ? 0 : Math.max(1, Math.round(number * of / 100f));
    }

    /// Bytes; `k`, `M`, `G` are powers of 1000.
    public static long size(String text) {
        Matcher size = match(SIZE, text, "--size", "bytes, such as 200M");
        long number = Long.parseLong(size.group(1));
        long bytes =
                switch (size.group(2)) {
                    case "k", "K" -> number * 1_000;
                    case "m", "M" -> number * 1_000_000;
                    case "g", "G" -> number * 1_000_000_000;
                    default -> number;
                };
        if (bytes < 1 || bytes > 100_000_000_000L) {
            throw new IllegalArgumentException("--size: from 1 byte to 100G: " + text);
        }
        return bytes;
    }

    private static String group(double mbit) {
        return BigDecimal.valueOf(mbit).stripTrailingZeros().toPlainString() + "mbit";
    }

    private static Matcher match(Pattern pattern, String text, String option, String expected) {
        Matcher matcher = pattern.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "%s: not %s: '%s'".formatted(option, expected, text));
        }
        return matcher;
    }

    private static void checkCount(int count) {
        if (count < 1 || count > MOST_PEERS) {
            throw new IllegalArgumentException(
                    "from 1 to %d peers are possible here: %d".formatted(MOST_PEERS, count));
        }
    }
}
