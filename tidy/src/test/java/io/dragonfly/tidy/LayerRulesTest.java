// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.tidy;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Shows that each layer rule can fail.
class LayerRulesTest {
    @ParameterizedTest
    @CsvSource({
        "core.model.A, net.B",
        "core.model.A, peer.B",
        "net.piece.A, storage.B",
        "storage.A, origin.B",
        "origin.A, peer.B",
        "peer.A, dfdaemon.B",
        "peer.A, cli.B",
        "cli.A, net.B",
        "dfget.A, dfdaemon.B",
        "supernode.A, dfget.B",
        "dfdaemon.A, supernode.B",
        "dfdaemon.A, tidy.B",
        "core.scheduler.A, core.download.B",
        "core.download.A, core.scheduler.deep.B",
        "unheard.A, core.B",
    })
    void anArrowUpOrSidewaysIsFound(String origin, String target) {
        assertThat(Layers.violation("io.dragonfly." + origin, "io.dragonfly." + target))
                .isNotEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "io.dragonfly.net.piece.A, io.dragonfly.core.model.B",
        "io.dragonfly.peer.A, io.dragonfly.origin.B",
        "io.dragonfly.dfget.A, io.dragonfly.cli.B",
        "io.dragonfly.dfget.A, io.dragonfly.dfget.deep.B",
        "io.dragonfly.core.scheduler.A, io.dragonfly.core.protocol.B",
        "io.dragonfly.core.A, java.util.List",
    })
    void anArrowDownIsNot(String origin, String target) {
        assertThat(Layers.violation(origin, target)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "java.io.InputStream",
        "java.net.Socket",
        "java.nio.file.Path",
        "java.nio.channels.FileChannel",
        "java.util.concurrent.locks.ReentrantLock",
        "java.lang.Thread",
        "java.lang.Thread$Builder",
        "java.time.InstantSource",
        "java.security.SecureRandom",
    })
    void anActionInCoreIsFound(String target) {
        assertThat(Layers.actionInCore("io.dragonfly.core.model.A", target)).hasSize(1);
        assertThat(Layers.actionInCore("io.dragonfly.net.A", target)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"java.io.IOException", "java.net.URI", "java.nio.ByteBuffer", "java.time.Instant"})
    void aValueInCoreIsFine(String target) {
        assertThat(Layers.actionInCore("io.dragonfly.core.model.A", target)).isEmpty();
    }
}
