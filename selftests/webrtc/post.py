#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""post.py ADDRESS PORT PAGE DIRECTORY: serves the page, and letter boxes: what is
posted to /NAME becomes the directory's file NAME, and is what a GET of it has."""

import http.server
import os
import re
import socketserver
import sys

ADDRESS, PORT, PAGE, BOXES = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4]


class Office(http.server.BaseHTTPRequestHandler):
    """Names are letters and hyphens: nothing leads out of the directory."""

    def box(self):
        name = self.path[1:]
        return os.path.join(BOXES, name) if re.fullmatch("[a-z-]+", name) else None

    def answer(self, code, body=b""):
        self.send_response(code)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):  # pylint: disable=invalid-name
        path = PAGE if self.path == "/" else self.box()
        if not path or not os.path.exists(path):
            self.answer(404)
            return
        with open(path, "rb") as file:
            self.answer(200, file.read())

    def do_POST(self):  # pylint: disable=invalid-name
        body = self.rfile.read(int(self.headers["Content-Length"]))
        path = self.box()
        if path:
            with open(path + ".new", "wb") as file:
                file.write(body)
            os.rename(path + ".new", path)
        self.answer(200 if path else 404)


class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    """As http.server's, without the name that it asks DNS for."""

    daemon_threads = True

    def server_bind(self):
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = ADDRESS, PORT


Server((ADDRESS, PORT), Office).serve_forever()
