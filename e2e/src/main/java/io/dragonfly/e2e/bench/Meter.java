// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.e2e.bench;

import io.dragonfly.e2e.Running;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/// CPU time and memory of processes by role, from now on until it is closed. Thread-safe.
final class Meter implements AutoCloseable {
    private static final long SAMPLE_MILLIS = 500;

    private final ScheduledExecutorService clock = Executors.newScheduledThreadPool(1);
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, List<Running>> roles = new TreeMap<>();
    private final Map<String, Double> cpuBefore = new TreeMap<>();
    private final Map<String, ProcessFiles.Memory> most = new TreeMap<>();
    private final double machineBefore = ProcessFiles.machineCpu();
    private final double childrenBefore = ProcessFiles.childrensCpu();
    private final double ownBefore = ProcessFiles.cpu(ProcessHandle.current().pid());
    private final long start = System.nanoTime();

    /// @param cpu CPU-seconds by role
    /// @param memory the most that one process of a role had
    /// @param busy share of all processors' time in which they were not idle
    /// @param foreign processors that were busy with something else than these processes, on
    ///   average; the kernel's own work for the network, where no process was to blame, is in it
    record Reading(
            Map<String, Double> cpu,
            Map<String, ProcessFiles.Memory> memory,
            double busy,
            double foreign) {}

    Meter(Map<String, List<Running>> processes) {
        processes.forEach((role, all) -> {
            roles.put(role, List.copyOf(all));
            cpuBefore.put(role, cpu(all));
        });
        var _ = clock.scheduleWithFixedDelay(this::sample, 0, SAMPLE_MILLIS, TimeUnit.MILLISECONDS);
    }

    /// Counts also these, which have just been started.
    void add(String role, List<Running> processes) {
        lock.lock();
        try {
            roles.put(role, List.copyOf(processes));
            cpuBefore.put(role, 0.0);
        } finally {
            lock.unlock();
        }
    }

    private void sample() {
        lock.lock();
        try {
            roles.forEach((role, all) -> {
                for (Running one : all) {
                    ProcessFiles.Memory now = ProcessFiles.memory(one.pid());
                    most.merge(role, now, ProcessFiles.Memory::most);
                }
            });
        } finally {
            lock.unlock();
        }
    }

    /// What it came to so far.
    ///
    /// @param ended role of the processes that have ended, which are known by their sum only
    Reading read(String ended) {
        sample();
        lock.lock();
        try {
            Map<String, Double> cpu = new TreeMap<>();
            roles.forEach(
                    (role, all) -> cpu.put(role, cpu(all) - cpuBefore.getOrDefault(role, 0.0)));
            cpu.merge(ended, ProcessFiles.childrensCpu() - childrenBefore, Double::sum);
            double seconds = (System.nanoTime() - start) / 1e9;
            double own = ProcessFiles.cpu(ProcessHandle.current().pid()) - ownBefore;
            double ours = own + cpu.values().stream().mapToDouble(Double::doubleValue).sum();
            double all = ProcessFiles.machineCpu() - machineBefore;
            int processors = Runtime.getRuntime().availableProcessors();
            return new Reading(
                    cpu,
                    new TreeMap<>(most),
                    all / (seconds * processors),
                    Math.max(0, all - ours) / seconds);
        } finally {
            lock.unlock();
        }
    }

    private static double cpu(List<Running> processes) {
        return processes.stream().mapToDouble(one -> ProcessFiles.cpu(one.pid())).sum();
    }

    @Override
    public void close() {
        clock.close();
    }
}
