// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.bench.control;

import io.dragonfly.core.model.Check;

import java.util.Map;
import java.util.TreeMap;

/// What a run does.
///
/// @param host of the supernode
/// @param port of its control protocol
/// @param pid of its process, for what it uses; 0: not measured
/// @param url of the content
/// @param peers virtual peers
/// @param slots ranges that each has in flight
/// @param uploads ranges that each may be told to serve at a time
/// @param rate reports of complete ranges per second, all peers together; 0: at once
/// @param skip seconds after the start that are not measured
/// @param seconds after which the run ends, complete or not
/// @param warm whether one peer fetches everything first, so that the supernode has it all
record Plan(
        String host,
        int port,
        long pid,
        String url,
        int peers,
        int slots,
        int uploads,
        int rate,
        int skip,
        int seconds,
        boolean warm) {
    Plan {
        Check.argument(peers >= 1 && peers <= 60_000, "--peers must be 1..60000: %d", peers);
        Check.argument(slots >= 1 && uploads >= 1, "slots must be positive");
        Check.argument(rate >= 0 && skip >= 0 && seconds > skip, "rate or times out of range");
    }

    /// Reads `--name value` pairs.
    ///
    /// @throws IllegalArgumentException where they make no sense, with a line for people
    static Plan of(String... args) {
        Map<String, String> given = new TreeMap<>();
        for (int i = 0; i < args.length; i += 2) {
            Check.argument(
                    args[i].startsWith("--") && i + 1 < args.length,
                    "options come as --name value, not %s",
                    args[i]);
            given.put(args[i].substring(2), args[i + 1]);
        }
        Plan plan =
                new Plan(
                        text(given, "host", "127.0.0.1"),
                        number(given, "port", 8002),
                        number(given, "pid", 0),
                        text(given, "url", ""),
                        number(given, "peers", 1000),
                        number(given, "slots", 4),
                        number(given, "uploads", 4),
                        number(given, "rate", 0),
                        number(given, "skip", 0),
                        number(given, "seconds", 60),
                        Boolean.parseBoolean(text(given, "warm", "true")));
        Check.argument(given.isEmpty(), "unknown options: %s", given.keySet());
        return plan;
    }

    private static String text(Map<String, String> given, String name, String otherwise) {
        String value = given.remove(name);
        return value == null ? otherwise : value;
    }

    private static int number(Map<String, String> given, String name, int otherwise) {
        String value = given.remove(name);
        try {
            return value == null ? otherwise : Integer.parseInt(value);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("--" + name + " takes a number, not " + value, e);
        }
    }

    Plan withPeers(int count) {
        return new Plan(host, port, pid, url, count, slots, uploads, rate, skip, seconds, warm);
    }
}
