// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.proxy;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Counts in maps.
final class Tally implements ProxyMeter {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Map<Answer, Integer> answers = new EnumMap<>(Answer.class);
    private final Map<Asked, Integer> upstreams = new EnumMap<>(Asked.class);
    final AtomicLong fromEngine = new AtomicLong();
    final AtomicLong fromUpstream = new AtomicLong();

    @Override
    public void answered(Answer how) {
        lock.lock();
        try {
            answers.merge(how, 1, Integer::sum);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void upstream(Asked what) {
        lock.lock();
        try {
            upstreams.merge(what, 1, Integer::sum);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void bytes(boolean upstream, long count) {
        (upstream ? fromUpstream : fromEngine).addAndGet(count);
    }

    int of(Answer how) {
        lock.lock();
        try {
            return answers.getOrDefault(how, 0);
        } finally {
            lock.unlock();
        }
    }

    /// Waits until so many were answered so: clients have the last byte before it is counted.
    void await(Answer how, int count) {
        lock.lock();
        try {
            while (answers.getOrDefault(how, 0) < count) {
                changed.await();
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        } finally {
            lock.unlock();
        }
    }

    int of(Asked what) {
        lock.lock();
        try {
            return upstreams.getOrDefault(what, 0);
        } finally {
            lock.unlock();
        }
    }
}
