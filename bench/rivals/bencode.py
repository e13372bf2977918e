# SPDX-License-Identifier: Apache-2.0
"""BitTorrent's encoding of integers, bytes, lists and dictionaries."""


def encode(value):
    if isinstance(value, int):
        return b"i%de" % value
    if isinstance(value, str):
        value = value.encode()
    if isinstance(value, bytes):
        return b"%d:%s" % (len(value), value)
    if isinstance(value, list):
        return b"l" + b"".join(map(encode, value)) + b"e"
    pairs = sorted((k.encode() if isinstance(k, str) else k, v) for k, v in value.items())
    return b"d" + b"".join(encode(k) + encode(v) for k, v in pairs) + b"e"
