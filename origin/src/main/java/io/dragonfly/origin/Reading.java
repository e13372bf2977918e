// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.origin;

import io.dragonfly.core.model.MaskedUrl;
import io.dragonfly.core.model.TaskSpec;
import io.dragonfly.core.model.Validators;
import io.dragonfly.origin.OriginException.Kind;

import java.util.function.LongSupplier;

/// What all connections of one reading share, and how each gets its answers. Immutable.
record Reading(
        Origins origins,
        ReaderSettings settings,
        Retries.Pauses pauses,
        LongSupplier nanoTime,
        TaskSpec spec,
        Cancellation cancellation,
        WholeReads wholeReads) {
    /// An answer from `position` on, of the version that `version` names.
    ///
    /// @param end of what is wanted
    /// @throws OriginException CHANGED where the origin has another version now; PROTOCOL where it
    ///   does not answer ranges as it should
    ReadStream range(Content version, long position, long end) throws OriginException {
        OriginResponse response =
                origins.open(
                        new OriginRequest(
                                spec, position, end, version.validators(), null, cancellation));
        return checked(response, version);
    }

    /// An answer with all of the version.
    ReadStream whole(Content version) throws OriginException {
        return checked(
                origins.open(new OriginRequest(spec, 0, -1, null, null, cancellation)), version);
    }

    /// The version that is being read: the strong ETag and the length that every answer must have.
    record Content(Validators validators, long length) {}

    ReadStream stream(OriginResponse response) {
        return new ReadStream(response, settings, nanoTime, what());
    }

    String what() {
        return MaskedUrl.of(spec.url());
    }

    private ReadStream checked(OriginResponse response, Content version) throws OriginException {
        String etag = response.validators().etag();
        boolean same = etag.equals(version.validators().etag());
        boolean otherLength =
                response.contentLength() >= 0 && response.contentLength() != version.length();
        if (same && !otherLength) {
            return stream(response);
        }
        response.close();
        if (etag.isEmpty() && !otherLength) {
            // Nothing says that it changed, but nothing says either whose bytes these are.
            throw new OriginException(
                    Kind.PROTOCOL, what() + " sent no ETag with a part of its content", false);
        }
        // It may be another server of the same origin that names the version differently.
        wholeReads.add(spec);
        throw new OriginException(
                Kind.CHANGED, what() + " was changed at the origin while it was read", false);
    }
}
