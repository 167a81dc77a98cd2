#!/usr/bin/env bash
# Every figure of the model card: the released model on what it never saw, and models that left
# whole sources out of their training on those. Results go to benchmarks/results/model/, pages
# with the worst cases to .cache/evaluations/.
#
#   benchmarks/model.sh release|folds DATA FRAMES [CACHE]
#
# DATA holds the sources, FRAMES pictures of streets without a violation (python -m training.frames),
# CACHE (.cache/training) the runs base, fold_a, fold_b, fold_c and their plain twins. A run that is
# not there is left out with a word.
set -euo pipefail
cd "$(dirname "$0")/.."
part="$1" data="$2" frames="$3" cache="${4:-.cache/training}"
bin="${BIN:-.venv-train/bin}"
results=benchmarks/results/model
mkdir -p "$results" "$cache/onnx"

measure() { # NAME SUBJECT OPTIONS...
    local name="$1" subject="$2"
    shift 2
    echo "== $name"
    "$bin/streetwarden" evaluate "$subject" --out ".cache/evaluations/$name" --precision f32 "$@"
    cp ".cache/evaluations/$name/evaluation.json" "$results/$name.json"
}

onnx() { # RUN: its last weights as an ONNX file
    local weights="$cache/runs/$1/weights/last.pt"
    if [ ! -f "$weights" ]; then
        echo "== no run $1: left out"
        return 1
    fi
    "$bin/python" -m training.exporting.graph "$weights" "$cache/onnx/$1.onnx"
}

vehicles=(--merge car,bus,truck --class car --class bus --class truck --min-width 32)
camera=traffic_camera/traffic_camera

if [ "$part" = release ]; then
    measure garbage_val datasets/garbage.yaml --data "$data" --quiet "$frames" --quiet datasets/travel.yaml --quiet datasets/negatives.yaml
    measure vehicles_day datasets/traffic_camera.yaml --data "$data" "${vehicles[@]}" --only "$camera/*_0[7-9]*" --only "$camera/*_1*"
    measure vehicles_night datasets/traffic_camera.yaml --data "$data" "${vehicles[@]}" --only "$camera/20171218_0[0-6]*"
    measure korea_bags datasets/korea_bags.yaml --data "$data" --side check --iou 0.4
    exit
fi

if onnx base; then
    recipe=training/recipes/base.yaml
    model=(--model "$cache/onnx/base.onnx")
    measure base_phone datasets/garbage.yaml --data "$data" --left-out "$recipe" "${model[@]}"
    measure base_night datasets/traffic_camera.yaml --data "$data" --left-out "$recipe" "${model[@]}" "${vehicles[@]}"
    measure base_containers datasets/containers.yaml --data "$data" --side train --iou 0.4 "${model[@]}"
fi
for fold in fold_a fold_a_plain fold_b fold_b_plain fold_c; do
    onnx "$fold" || continue
    recipe="training/recipes/$fold.yaml"
    left_out=(--data "$data" --left-out "$recipe" --model "$cache/onnx/$fold.onnx" --quiet datasets/negatives.yaml)
    measure "${fold}_stall" datasets/stall.yaml "${left_out[@]}" --only 'stall/streets/*'
    if [ "$fold" != fold_c ]; then
        measure "${fold}_cable" datasets/cable.yaml "${left_out[@]}"
    fi
done
