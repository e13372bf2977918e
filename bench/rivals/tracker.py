#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A tracker for one swarm: tracker.py PORT LABEL (the label only marks the process)

Peers ask again every two seconds at first: all begin at the same time, and whoever asked first would
know nobody for half an hour.
"""
import socket
import sys
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from bencode import encode

peers = {}


class Tracker(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.0"

    def do_GET(self):
        query = urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query)
        me = (self.client_address[0], int(query.get("port", ["0"])[0]))
        if query.get("event") == ["stopped"]:
            peers.pop(me, None)
        elif me[1]:
            peers[me] = True
        others = b"".join(
            socket.inet_aton(address) + port.to_bytes(2, "big")
            for address, port in list(peers)
            if (address, port) != me
        )
        body = encode({"interval": 2, "min interval": 1, "peers": others})
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 512


server = Server(("", int(sys.argv[1])), Tracker)
print("ready", flush=True)
server.serve_forever()
