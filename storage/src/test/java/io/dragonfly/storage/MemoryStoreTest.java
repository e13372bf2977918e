// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dragonfly.core.model.Geometry;

import org.junit.jupiter.api.Test;

import java.io.IOException;

final class MemoryStoreTest extends StoreContract {
    private static final int BLOCK = Contents.BLOCK;

    @Override
    Store open(long bytes) {
        return new MemoryStore(bytes, 100, now::get);
    }

    @Test
    void a_known_length_counts_from_the_start_and_until_the_last_user_is_gone() throws IOException {
        StoredVersion version = store.create(Contents.version(1, 10 * BLOCK));
        assertThat(store.usableBytes()).isEqualTo((1 << 20) - 10 * BLOCK);

        version.retain();
        store.delete(Contents.id(1));
        assertThat(store.usableBytes()).isEqualTo((1 << 20) - 10 * BLOCK);
        version.release();
        assertThat(store.usableBytes()).isEqualTo(1 << 20);
    }

    @Test
    void an_unknown_length_counts_as_it_comes() throws IOException {
        StoredVersion version = store.create(Contents.version(1, Geometry.UNKNOWN));
        assertThat(store.usableBytes()).isEqualTo(1 << 20);
        Contents.write(version, 0);
        Contents.write(version, 1);
        version.drop(0);
        assertThat(store.usableBytes()).isEqualTo((1 << 20) - BLOCK);

        version.lengthKnown(5 * BLOCK);
        assertThat(store.usableBytes()).isEqualTo((1 << 20) - 5 * BLOCK);
        store.delete(Contents.id(1));
        assertThat(store.usableBytes()).isEqualTo(1 << 20);
    }

    @Test
    void a_block_beyond_the_limit_is_refused_and_the_others_stay() throws IOException {
        StoredVersion full = store.create(Contents.version(1, (1 << 20) - BLOCK));
        StoredVersion version = store.create(Contents.version(2, Geometry.UNKNOWN));
        Contents.write(version, 0);

        assertThatThrownBy(() -> Contents.write(version, 1)).isInstanceOf(NoSpaceException.class);
        assertThat(version.has(1)).isFalse();
        assertThat(Contents.read(version, 0)).isEqualTo(Contents.bytes(version, 0));
        store.delete(full.version().id());
        Contents.write(version, 1);
        assertThat(version.has(1)).isTrue();
    }

    @Test
    void the_number_of_versions_is_limited() throws IOException {
        for (int i = 0; i < 100; i++) {
            store.create(Contents.version(i, 0));
        }

        assertThatThrownBy(() -> store.create(Contents.version(100, 0)))
                .isInstanceOf(NoSpaceException.class);
    }
}
