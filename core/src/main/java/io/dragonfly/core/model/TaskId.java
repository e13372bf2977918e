// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.core.model;

/// Names a task: what users ask for. SHA-256 of the task key (see [TaskKey]), 64 lower-case hex
/// digits.
public record TaskId(String hex) {
    public TaskId {
        Hex.require(hex, 64, "task id");
    }

    @Override
    public String toString() {
        return hex;
    }
}
