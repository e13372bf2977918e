// SPDX-License-Identifier: Apache-2.0
/// Origins that speak HTTP/1.1, with or without TLS: redirects, ranges, validators, proxies. What a
/// server says is believed only where it is consistent; everything else is an exception.
@NullMarked
package io.dragonfly.origin.http;

import org.jspecify.annotations.NullMarked;
