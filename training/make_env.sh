#!/usr/bin/env bash
# Builds the training environment (.venv-train by default). Usage: training/make_env.sh [FOLDER]
# Knows two cases: a CPU build of torch gets our torchvision stand-in (no matching wheel imports there),
# a CUDA build gets the real torchvision.
set -euo pipefail

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
root="$(dirname "$here")"
env_dir="${1:-$root/.venv-train}"
torch_version=2.13.0
torchvision_version=0.28.0

"${PYTHON:-python3}" -m venv "$env_dir"
pip() { "$env_dir/bin/python" -m pip --disable-pip-version-check "$@"; }

pip install --quiet "torch==$torch_version" "setuptools>=77" wheel

if "$env_dir/bin/python" -c 'import sys, torch; sys.exit(torch.version.cuda is None)'; then
    echo "CUDA build of torch: installing the real torchvision, not the stand-in"
    pip install --quiet --no-deps "torchvision==$torchvision_version"
else
    echo "CPU build of torch: installing the torchvision stand-in (nms only)"
    pip install --quiet --no-deps --no-build-isolation "$here/torchvision_stub"
fi

pip install --quiet -r "$here/requirements.txt"
# Without their dependencies: they would bring another torchvision.
pip install --quiet --no-deps -r "$here/requirements-nodeps.txt"
pip install --quiet --no-deps -e "$root"
"$root/scripts/system-packages.sh" "$env_dir/bin/python"

"$env_dir/bin/python" - <<'PY'
import cv2, faster_coco_eval, onnx, onnxruntime, openvino, torch, torchvision, ultralytics

import numpy as np
boxes = torch.tensor(np.array([[0, 0, 10, 10], [1, 1, 10, 10], [20, 20, 30, 30]], np.float32))
kept = torchvision.ops.nms(boxes, torch.tensor([0.9, 0.8, 0.7]), 0.5).tolist()
assert kept == [0, 2], kept
print(f"training environment ready: torch {torch.__version__}, ultralytics {ultralytics.__version__}")
PY
