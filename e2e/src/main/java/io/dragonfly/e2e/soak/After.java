// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.e2e.soak;

/// What is to be done when a dfget has ended.
enum After {
    /// All is well: look at what it brought.
    DONE,
    /// Its daemon was killed and runs again: the same once more.
    AGAIN,
    /// Its daemon was killed and is not back yet.
    WAIT,
    /// It should not have failed, or never can succeed.
    FAILED;

    /// The exit code of a dfget whose daemon does not run, or went away.
    private static final int NO_DAEMON = 17;

    /// How a peer's daemon is.
    enum Daemon {
        /// We killed it, and start it again later.
        KILLED,
        /// It does not take orders yet.
        STARTING,
        READY,
        /// By itself, which it must not.
        ENDED
    }

    /// @param status exit code of dfget
    /// @param daemonKilled while that dfget ran
    /// @param daemon as it is now
    static After of(int status, boolean daemonKilled, Daemon daemon) {
        if (status == 0) {
            return DONE;
        }
        if (status != NO_DAEMON || !daemonKilled) {
            return FAILED;
        }
        return switch (daemon) {
            case KILLED, STARTING -> WAIT;
            case READY -> AGAIN;
            case ENDED -> FAILED;
        };
    }
}
