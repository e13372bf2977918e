#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the torrent of one file: torrent.py CONTENT TORRENT ANNOUNCE-URL PIECE-BYTES"""
import hashlib
import os
import sys

from bencode import encode

content, torrent, announce, piece_bytes = sys.argv[1:]
piece_bytes = int(piece_bytes)
pieces = b""
with open(content, "rb") as file:
    while piece := file.read(piece_bytes):
        pieces += hashlib.sha1(piece).digest()
info = {
    "name": os.path.basename(content),
    "length": os.path.getsize(content),
    "piece length": piece_bytes,
    "pieces": pieces,
}
with open(torrent, "wb") as file:
    file.write(encode({"announce": announce, "info": info}))
