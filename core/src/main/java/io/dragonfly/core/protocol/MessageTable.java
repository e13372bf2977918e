// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.core.protocol;

import org.jspecify.annotations.Nullable;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Every message of one direction of the control stream: its name on the wire, its fields and their
/// limits. This is the one place that says so; docs/protocol-control.md is checked against it.
final class MessageTable<M> {
    static final MessageTable<FromPeer> FROM_PEER = new MessageTable<>(PeerMessages.TYPES);

    static final MessageTable<FromSupernode> FROM_SUPERNODE =
            new MessageTable<>(SupernodeMessages.TYPES);

    private final List<MessageType<M>> types;
    private final Map<String, MessageType<M>> byName = new LinkedHashMap<>();
    private final Map<Class<?>, MessageType<M>> byRecord = new LinkedHashMap<>();

    private MessageTable(List<MessageType<M>> types) {
        this.types = types;
        for (MessageType<M> type : types) {
            byName.put(type.name(), type);
            byRecord.put(type.record(), type);
        }
    }

    List<MessageType<M>> types() {
        return types;
    }

    /// Null where this version knows no such message.
    @Nullable MessageType<M> named(String name) {
        return byName.get(name);
    }

    MessageType<M> of(Object message) {
        MessageType<M> type = byRecord.get(message.getClass());
        if (type == null) {
            throw new IllegalStateException("a message without a row: " + message.getClass());
        }
        return type;
    }
}
