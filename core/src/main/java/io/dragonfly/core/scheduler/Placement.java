// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.core.scheduler;

/// Where a peer stands, for choosing near parents. Empty strings for what was not configured.
public record Placement(String hostGroup, String idc, String securityDomain) {
    public static final Placement NOWHERE = new Placement("", "", "");
}
