// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.storage;

import io.dragonfly.core.model.Version;
import io.dragonfly.core.model.VersionId;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/// The versions that one host holds. Thread-safe. Closing syncs and closes all of them.
///
/// The same version is opened once: equal ids give the same [StoredVersion].
public interface Store extends Closeable {
    /// Makes room for a new version. Space is checked and reserved before anything is written.
    ///
    /// @throws NoSpaceException where the content does not fit, or too many versions are here
    /// @throws IllegalStateException where the version is already here
    StoredVersion create(Version version) throws IOException;

    /// The version, if it is here and not deleted.
    Optional<StoredVersion> find(VersionId id);

    /// Snapshot of all versions that are here.
    List<StoredVersion> versions();

    /// Forgets a version. Readers that are in the middle get an [IOException] or finish; never
    /// other bytes.
    void delete(VersionId id) throws IOException;

    /// Bytes that may still be reserved.
    long usableBytes() throws IOException;
}
