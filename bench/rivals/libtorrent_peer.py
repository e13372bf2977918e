#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""One libtorrent peer or seed: libtorrent_peer.py TORRENT DIRECTORY ADDRESS

Prints `complete` once everything is there and checked, and seeds until it is killed. TCP only, no
search for peers but by the tracker.
"""
import os
import sys
import time

import libtorrent

torrent, directory, address = sys.argv[1:]
os.makedirs(directory, exist_ok=True)
session = libtorrent.session(
    {
        "listen_interfaces": address + ":6881",
        "enable_dht": False,
        "enable_lsd": False,
        "enable_upnp": False,
        "enable_natpmp": False,
        "enable_outgoing_utp": False,
        "enable_incoming_utp": False,
        "allow_multiple_connections_per_ip": False,
        "unchoke_slots_limit": 8,
        "min_reconnect_time": 1,
        "min_announce_interval": 1,
    }
)
handle = session.add_torrent(
    {"ti": libtorrent.torrent_info(torrent), "save_path": directory, "trackers": []}
)
while not handle.status().is_seeding:
    time.sleep(0.02)
print("complete", flush=True)
while True:
    time.sleep(3600)
