// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.core.protocol;

import io.dragonfly.core.model.Sha256;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/// Consecutive digests as one base64 text, 32 bytes each: [FromSupernode.BlockDigests] and
/// [FromSupernode.PieceDigests].
public final class DigestList {
    private DigestList() {}

    public static String encode(List<Sha256> digests) {
        byte[] bytes = new byte[digests.size() * Sha256.BYTES];
        for (int i = 0; i < digests.size(); i++) {
            digests.get(i).copyTo(bytes, i * Sha256.BYTES);
        }
        return Base64.getEncoder().encodeToString(bytes);
    }

    /// @throws ProtocolException where the text is not base64 of whole digests
    public static List<Sha256> decode(String text) throws ProtocolException {
        byte[] bytes;
        try {
            bytes = Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw new ProtocolException(
                    ProtocolException.Code.BAD_VALUE, "a list of digests is not base64");
        }
        if (bytes.length % Sha256.BYTES != 0) {
            throw new ProtocolException(
                    ProtocolException.Code.BAD_VALUE,
                    "a list of digests has " + bytes.length + " bytes, not a multiple of 32");
        }
        List<Sha256> digests = new ArrayList<>(bytes.length / Sha256.BYTES);
        for (int at = 0; at < bytes.length; at += Sha256.BYTES) {
            digests.add(Sha256.copyOf(bytes, at));
        }
        return digests;
    }
}
