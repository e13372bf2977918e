// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.cli;

import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.CollectionEndEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Reads a program's YAML file: the long names of its options as keys, values or lists of values,
/// no nesting. Every error names the file and the line.
final class YamlFile {
    private static final long MAX_BYTES = 1 << 20;
    private static final int MAX_DEPTH = 10;
    private static final int MAX_KEY = 60;
    private static final int MAX_PROBLEM = 200;

    private final Path path;
    private final Map<String, ConfigFile.Entry> entries = new LinkedHashMap<>();

    private YamlFile(Path path) {
        this.path = path;
    }

    /// Reads the file and checks its keys against those the program knows.
    ///
    /// @param names all that a key may be written as, with the option's key
    static ConfigFile read(Path path, Map<String, String> names) {
        YamlFile file = new YamlFile(path);
        Node root = compose(path, text(path));
        if (root == null
                || (root instanceof ScalarNode scalar && scalar.getTag().equals(Tag.NULL))) {
            return new ConfigFile(path, file.entries);
        }
        if (!(root instanceof MappingNode mapping)) {
            throw CommandFailure.usage(path + ":1: expected lines of the form 'key: value'");
        }
        for (NodeTuple tuple : mapping.getValue()) {
            file.add(tuple, names);
        }
        return new ConfigFile(path, file.entries);
    }

    private static String text(Path path) {
        try {
            if (Files.size(path) > MAX_BYTES) {
                throw CommandFailure.usage(path + ": larger than 1 MiB, not a configuration file");
            }
            return Files.readString(path);
        } catch (IOException e) {
            throw new CommandFailure(
                    ExitCode.USAGE, "cannot read configuration file " + path + Reason.of(e), e);
        }
    }

    private static @Nullable Node compose(Path path, String text) {
        try {
            LoadSettings settings = LoadSettings.builder().setLabel(path.toString()).build();
            checkDepth(path, new Parse(settings).parseString(text));
            return new Compose(settings).composeString(text).orElse(null);
        } catch (MarkedYamlEngineException e) {
            int line = e.getProblemMark().map(mark -> mark.getLine() + 1).orElse(1);
            throw new CommandFailure(
                    ExitCode.USAGE,
                    path + ":" + line + ": not YAML: " + shown(e.getProblem(), MAX_PROBLEM),
                    e);
        } catch (YamlEngineException e) {
            throw new CommandFailure(ExitCode.USAGE, path + ": not YAML", e);
        }
    }

    /// The library goes down into nested values by recursion.
    private static void checkDepth(Path path, Iterable<Event> events) {
        int depth = 0;
        for (Event event : events) {
            if (event instanceof CollectionStartEvent && ++depth > MAX_DEPTH) {
                int line = event.getStartMark().map(mark -> mark.getLine() + 1).orElse(0);
                throw CommandFailure.usage(path + ":" + line + ": values nested too deep");
            }
            depth -= event instanceof CollectionEndEvent ? 1 : 0;
        }
    }

    private void add(NodeTuple tuple, Map<String, String> names) {
        int line = line(tuple.getKeyNode());
        String written = tuple.getKeyNode() instanceof ScalarNode scalar ? scalar.getValue() : "?";
        String key = names.get(written);
        if (key == null) {
            String shown = shown(written, MAX_KEY);
            throw error(line, "unknown key '" + shown + "'" + Suggestion.of(shown, names.keySet()));
        }
        Node valueNode = tuple.getValueNode();
        String value;
        if (valueNode instanceof SequenceNode sequence) {
            value = join(written, sequence.getValue());
        } else {
            value = scalar(written, line, valueNode);
        }
        ConfigFile.Entry earlier = entries.put(key, new ConfigFile.Entry(written, value, line));
        if (earlier != null) {
            throw error(line, "key '" + written + "' is given twice" + otherName(written, earlier));
        }
    }

    /// What may be any text, for a message of one line.
    private static String shown(String text, int most) {
        String plain = text.replaceAll("[\\p{Cntrl}\\u2028\\u2029\\u0085]", "?");
        return plain.length() <= most ? plain : plain.substring(0, most) + "...";
    }

    private static String otherName(String written, ConfigFile.Entry earlier) {
        return earlier.written().equals(written)
                ? ""
                : ", in line " + earlier.line() + " as '" + earlier.written() + "'";
    }

    private String join(String key, List<Node> items) {
        StringBuilder joined = new StringBuilder();
        for (Node item : items) {
            if (!joined.isEmpty()) {
                joined.append(Settings.LIST_SEPARATOR);
            }
            joined.append(scalar(key, line(item), item));
        }
        return joined.toString();
    }

    private String scalar(String key, int line, Node node) {
        if (!(node instanceof ScalarNode scalar)) {
            throw error(line, "'" + key + "' must be a value or a list of values");
        }
        if (scalar.getTag().equals(Tag.NULL)) {
            throw error(line, "'" + key + "' has no value");
        }
        return scalar.getValue();
    }

    private CommandFailure error(int line, String message) {
        return CommandFailure.usage(path + ":" + line + ": " + message);
    }

    private static int line(Node node) {
        return node.getStartMark().map(mark -> mark.getLine() + 1).orElse(0);
    }
}
