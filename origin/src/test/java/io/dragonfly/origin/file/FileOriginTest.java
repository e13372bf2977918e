// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.origin.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.dragonfly.core.model.TaskSpec;
import io.dragonfly.core.model.Validators;
import io.dragonfly.origin.OriginException;
import io.dragonfly.origin.OriginException.Kind;
import io.dragonfly.origin.OriginRequest;
import io.dragonfly.origin.OriginResponse;
import io.dragonfly.origin.testing.Content;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.List;

final class FileOriginTest {
    @TempDir Path directory;

    private final byte[] bytes = Content.random(1, 10_000).bytes();
    private Path root;
    private Path file;
    private FileOrigin origin;

    @BeforeEach
    void files() throws IOException {
        root = Files.createDirectory(directory.resolve("root"));
        file = Files.write(root.resolve("a file"), bytes);
        origin = new FileOrigin(List.of(root));
    }

    private static OriginRequest range(Path file, long first, long end, Validators ifRange) {
        return new OriginRequest(TaskSpec.of(file.toUri()), first, end, ifRange, null);
    }

    private OriginException failure(URI url) {
        return catchThrowableOfType(
                OriginException.class, () -> origin.open(OriginRequest.whole(TaskSpec.of(url))));
    }

    private Validators validators() throws OriginException {
        try (OriginResponse response =
                origin.open(OriginRequest.whole(TaskSpec.of(file.toUri())))) {
            return response.validators();
        }
    }

    @Test
    void aFileBelowTheRootIsRead() throws IOException {
        try (OriginResponse response =
                origin.open(OriginRequest.whole(TaskSpec.of(file.toUri())))) {
            assertThat(response.contentLength()).isEqualTo(10_000);
            assertThat(response.acceptsRanges()).isTrue();
            assertThat(response.validators().strong()).isTrue();
            assertThat(response.body().readAllBytes()).isEqualTo(bytes);
        }
    }

    @Test
    void aRangeIsRead() throws IOException {
        try (OriginResponse response = origin.open(range(file, 100, 200, validators()))) {
            assertThat(response.firstByte()).isEqualTo(100);
            assertThat(response.bodyLength()).isEqualTo(100);
            assertThat(response.body().readAllBytes())
                    .isEqualTo(Arrays.copyOfRange(bytes, 100, 200));
        }
    }

    @Test
    void aRangeOfAnotherVersionIsAnsweredWithTheWhole() throws IOException {
        try (OriginResponse response =
                origin.open(range(file, 100, 200, new Validators("\"other\"", "")))) {
            assertThat(response.firstByte()).isZero();
            assertThat(response.bodyLength()).isEqualTo(10_000);
        }
    }

    @Test
    void aRangeBehindTheEndFails() {
        OriginException failure =
                catchThrowableOfType(
                        OriginException.class,
                        () -> origin.open(range(file, 10_000, -1, validators())));

        assertThat(failure.kind()).isEqualTo(Kind.PROTOCOL);
    }

    @Test
    void anUnchangedFileIsNotModifiedAndAChangedOneIs() throws IOException {
        Validators known = validators();
        OriginRequest request = new OriginRequest(TaskSpec.of(file.toUri()), 0, -1, null, known);
        try (OriginResponse response = origin.open(request)) {
            assertThat(response.notModified()).isTrue();
        }

        Files.setLastModifiedTime(file, FileTime.fromMillis(1));

        try (OriginResponse response = origin.open(request)) {
            assertThat(response.notModified()).isFalse();
            assertThat(response.validators()).isNotEqualTo(known);
        }
    }

    @Test
    void aFileThatIsChangedWhileItIsReadIsNeverComplete() throws IOException {
        try (OriginResponse response =
                origin.open(OriginRequest.whole(TaskSpec.of(file.toUri())))) {
            response.body().readNBytes(5_000);
            bytes[9_000] ^= 1;
            Files.write(file, bytes);
            Files.setLastModifiedTime(file, FileTime.fromMillis(1));

            OriginException failure =
                    catchThrowableOfType(
                            OriginException.class, () -> response.body().readAllBytes());

            assertThat(failure.kind()).isEqualTo(Kind.CHANGED);
        }
    }

    @Test
    void aFileThatShrinksWhileItIsReadIsNeverComplete() throws IOException {
        try (OriginResponse response =
                origin.open(OriginRequest.whole(TaskSpec.of(file.toUri())))) {
            response.body().readNBytes(5_000);
            Files.write(file, Arrays.copyOf(bytes, 6_000));

            assertThat(
                            catchThrowableOfType(
                                            OriginException.class,
                                            () -> response.body().readAllBytes())
                                    .kind())
                    .isEqualTo(Kind.CHANGED);
        }
    }

    @Test
    void linksAndDotsDoNotLeadOutOfTheRoot() throws IOException {
        Path secret = Files.writeString(directory.resolve("secret"), "x");
        Path sibling = Files.createDirectory(directory.resolve("root2"));
        Files.writeString(sibling.resolve("s"), "x");
        Files.createSymbolicLink(root.resolve("link"), secret);
        Files.createSymbolicLink(root.resolve("up"), directory);
        for (Path path :
                List.of(
                        root.resolve("link"),
                        root.resolve("up/secret"),
                        root.resolve("../secret"),
                        sibling.resolve("s"),
                        Path.of("/etc/passwd"),
                        Path.of("/no/such/file"))) {
            assertThat(failure(URI.create("file://" + path)).kind())
                    .as(path.toString())
                    .isEqualTo(Kind.REFUSED);
        }
    }

    @Test
    void aLinkInsideTheRootIsFollowed() throws IOException {
        Files.createSymbolicLink(root.resolve("link"), file);
        try (OriginResponse response =
                origin.open(
                        OriginRequest.whole(TaskSpec.of(URI.create("file://" + root + "/link"))))) {
            assertThat(response.body().readAllBytes()).isEqualTo(bytes);
        }
    }

    @Test
    void whatIsNotARegularFileIsRefused() throws IOException {
        assertThat(failure(root.toUri()).kind()).isEqualTo(Kind.REFUSED);
        assertThat(failure(URI.create("file://host/x")).kind()).isEqualTo(Kind.REFUSED);
        assertThat(failure(root.resolve("none").toUri()).kind()).isEqualTo(Kind.NOT_FOUND);
    }

    @Test
    void withoutRootsNothingIsRead() {
        origin = new FileOrigin(List.of());

        assertThat(failure(file.toUri()).kind()).isEqualTo(Kind.REFUSED);
        assertThat(failure(file.toUri())).hasMessageContaining("no directory is configured");
    }
}
