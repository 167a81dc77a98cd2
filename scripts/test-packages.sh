#!/bin/sh
# Live streams are tested against GStreamer's RTSP server, which lies in the system's Python.
# Install it where we can; where not, say what is missing: those tests are skipped then.
set -eu
serves() {
    /usr/bin/python3 -c 'import gi; gi.require_version("GstRtspServer", "1.0")' 2>/dev/null
}
serves && exit 0
packages="python3-gi gir1.2-gst-rtsp-server-1.0 gstreamer1.0-plugins-base gstreamer1.0-plugins-good gstreamer1.0-plugins-bad"
if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
    echo "installing GStreamer's RTSP server, which the tests of live streams need"
    apt-get update -qq >/dev/null && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $packages >/dev/null || true
fi
serves || echo "tests of live RTSP streams are skipped; on Debian: sudo apt-get install $packages" >&2
