"""Run by /usr/bin/python3: Debian's gst-rtsp-server as an RTSP camera that is not ours.

`gst_server.py CODEC USER PASSWORD` says `ready PORT` and serves /cam until its input closes.
"""

import sys
from typing import Any

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtspServer  # noqa: E402

ENCODERS = {
    "h264": "x264enc tune=zerolatency speed-preset=ultrafast key-int-max=20 ! rtph264pay name=pay0",
    "h265": "x265enc tune=zerolatency speed-preset=ultrafast key-int-max=20 ! rtph265pay name=pay0",
    "vp8": "vp8enc deadline=1 ! rtpvp8pay name=pay0",
}


def main() -> None:
    """Serve until standard input ends."""
    codec, user, password = sys.argv[1:]
    Gst.init(None)
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service("0")
    factory = GstRtspServer.RTSPMediaFactory()
    factory.set_launch(
        "( videotestsrc is-live=true pattern=ball ! video/x-raw,width=320,height=240,framerate=10/1"
        f" ! {ENCODERS[codec]} pt=96 )"
    )
    factory.set_shared(True)
    if user:
        protect(server, factory, user, password)
    server.get_mount_points().add_factory("/cam", factory)
    server.attach(None)
    loop = GLib.MainLoop()
    GLib.io_add_watch(sys.stdin.fileno(), GLib.IO_HUP, lambda *_: loop.quit())
    sys.stdout.write(f"ready {server.get_bound_port()}\n")
    sys.stdout.flush()
    loop.run()


def protect(server: Any, factory: Any, user: str, password: str) -> None:
    """Let only this user in, by Digest."""
    auth = GstRtspServer.RTSPAuth()
    auth.set_supported_methods(2)  # Digest
    token = GstRtspServer.RTSPToken()
    token.set_string("media.factory.role", "viewer")
    auth.add_digest(user, password, token)
    server.set_auth(auth)
    permissions = GstRtspServer.RTSPPermissions()
    permissions.add_permission_for_role("viewer", "media.factory.access", True)
    permissions.add_permission_for_role("viewer", "media.factory.construct", True)
    factory.set_permissions(permissions)


if __name__ == "__main__":
    main()
