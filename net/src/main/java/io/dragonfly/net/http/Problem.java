// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.net.http;

import com.fasterxml.jackson.annotation.JsonInclude;

import io.dragonfly.core.model.Check;

import org.eclipse.jetty.http.HttpStatus;
import org.jspecify.annotations.Nullable;

/// An answer that is not what was asked for, as RFC 9457 `application/problem+json`.
///
/// @param status the HTTP status, 400..599
/// @param code a word for programs, in kebab case
/// @param title the status in words
/// @param detail one line for people: what, where, what to do
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Problem(int status, String code, String title, @Nullable String detail) {
    public static final String CONTENT_TYPE = "application/problem+json";

    public Problem {
        Check.argument(status >= 400 && status <= 599, "no error status: %d", status);
        detail = detail == null ? null : detail.lines().findFirst().orElse("");
    }

    public static Problem of(int status, String code, @Nullable String detail) {
        return new Problem(status, code, HttpStatus.getMessage(status), detail);
    }
}
