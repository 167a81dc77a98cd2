#!/bin/sh
# OpenCV links libGL; a bare machine lacks it. Install it where we can, say what to do where not.
# Usage: system-packages.sh PYTHON
set -eu
python=$1
"$python" -c 'import cv2' 2>/dev/null && exit 0
packages="libgl1 libglib2.0-0"
if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
    echo "installing $packages, which OpenCV needs"
    apt-get update -qq >/dev/null && apt-get install -y -qq $packages >/dev/null || true
fi
"$python" -c 'import cv2' 2>/dev/null && exit 0
echo "OpenCV cannot load: install libGL (on Debian: sudo apt-get install $packages)" >&2
exit 1
