// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.net.http;

/// Ends a route with a problem as the answer.
public final class ProblemException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient Problem problem;
    private int retryAfterSeconds;

    public ProblemException(Problem problem) {
        super(problem.status() + " " + problem.code() + ": " + problem.detail());
        this.problem = problem;
    }

    /// @param detail one line for people: what, where, what to do
    public ProblemException(int status, String code, String detail) {
        this(Problem.of(status, code, detail));
    }

    /// Says in the header `Retry-After` when to try again.
    public ProblemException retryAfter(int seconds) {
        retryAfterSeconds = seconds;
        return this;
    }

    /// 0 where nothing is said.
    int retryAfterSeconds() {
        return retryAfterSeconds;
    }

    public Problem problem() {
        return problem;
    }
}
