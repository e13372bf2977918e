// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.core.model;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.random.RandomGenerator;

/// Names versions: whoever reads the same version of a content must come to the same name, and two
/// versions must never share one.
public final class VersionNaming {
    private VersionNaming() {}

    /// From the task, a strong validator and the length where there are both; else random, because
    /// nothing tells two readings apart.
    public static VersionId name(
            TaskId task, Validators validators, long length, RandomGenerator random) {
        if (validators.strong() && length != Geometry.UNKNOWN) {
            String text = "dragonfly-version-1\n" + task + "\n" + length + "\n" + validators.etag();
            String hex = Sha256.of(text.getBytes(StandardCharsets.UTF_8)).hex();
            return new VersionId(hex.substring(0, 32));
        }
        return new VersionId(randomHex(random));
    }

    /// 16 random bytes as hex: a version id or a secret.
    public static String randomHex(RandomGenerator random) {
        byte[] bytes = new byte[16];
        random.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }
}
