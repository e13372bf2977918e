// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.cli;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// Reads the configuration of a running program anew and applies what can be applied while it runs.
/// Where it cannot be read, everything stays as it is. Thread-safe.
///
/// @param <C> the program's configuration
public final class Reload<C> {
    private static final Logger LOG = LoggerFactory.getLogger(Reload.class);

    private final Set<String> liveKeys;
    private final Supplier<Read<C>> reader;
    private final Consumer<C> apply;
    private final ReentrantLock lock = new ReentrantLock();

    /// What holds now, by key: values that wait for a restart are not in it.
    private final Map<String, Object> values;

    /// A configuration and the options that it came from.
    public record Read<C>(CommandSpec spec, C config) {}

    /// What became of the keys that changed, without their values: some are secret.
    ///
    /// @param applied hold from now on
    /// @param needsRestart are as they were until the program starts again
    public record Outcome(List<String> applied, List<String> needsRestart) {}

    /// @param running the options that the program was started with
    /// @param liveKeys that `apply` applies
    /// @param reader throws [CommandFailure] for a configuration that is wrong
    /// @param apply must not fail; called on each reload, since a file that a key names may have
    ///   another content
    public Reload(
            CommandSpec running,
            Set<String> liveKeys,
            Supplier<Read<C>> reader,
            Consumer<C> apply) {
        this.values = values(running);
        this.liveKeys = Set.copyOf(liveKeys);
        this.reader = reader;
        this.apply = apply;
    }

    /// Reads and applies.
    ///
    /// @throws CommandFailure with one line where the new configuration is wrong; nothing was
    ///   changed then
    public Outcome run() {
        lock.lock();
        try {
            Read<C> read = reader.get();
            Outcome outcome = compare(values(read.spec()));
            apply.accept(read.config());
            LOG.info("Configuration read anew: changed {}", outcome.applied());
            for (String key : outcome.needsRestart()) {
                LOG.warn("Configuration read anew: {} needs a restart", key);
            }
            return outcome;
        } catch (CommandFailure e) {
            LOG.warn("Configuration not changed: {}", e.getMessage());
            throw e;
        } finally {
            lock.unlock();
        }
    }

    /// The same where nobody waits for the answer: it is in the log.
    public void runForSignal() {
        try {
            run();
        } catch (CommandFailure e) {
            LOG.debug("said above", e);
        }
    }

    private Outcome compare(Map<String, Object> now) {
        List<String> applied = new ArrayList<>();
        List<String> needsRestart = new ArrayList<>();
        now.forEach((key, value) -> {
            if (Objects.equals(values.get(key), value)) {
                return;
            }
            if (liveKeys.contains(key)) {
                values.put(key, value);
                applied.add(key);
            } else {
                needsRestart.add(key);
            }
        });
        return new Outcome(List.copyOf(applied), List.copyOf(needsRestart));
    }

    private static Map<String, Object> values(CommandSpec spec) {
        Map<String, Object> values = new LinkedHashMap<>();
        for (OptionSpec option : spec.options()) {
            String key = Settings.key(option);
            if (key != null && !option.hidden()) {
                Object value = option.getValue();
                values.put(key, value == null ? "" : value);
            }
        }
        return values;
    }
}
