// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.core.model;

/// What is distributed: one version of the content of a task. Immutable; a content of unknown
/// length gets a new value when the end is seen.
///
/// @param validators what the origin said that names this version
/// @param contentType as the origin said, or empty
public record Version(
        VersionId id,
        TaskId task,
        Geometry geometry,
        Encoding encoding,
        Validators validators,
        String contentType) {

    public Version withLength(long length) {
        return new Version(
                id, task, geometry.withLength(length), encoding, validators, contentType);
    }
}
