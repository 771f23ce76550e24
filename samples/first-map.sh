#!/usr/bin/env bash
# A model meets a scene that it was not trained on: samples/first-map.sh [FOLDER]
#
# Needs iicd on the PATH. Two synthetic scenes, a model from the first, a map of the second, and how
# right that map is.
set -euo pipefail
folder=${1:-first-map}

iicd sample "$folder/here" --seed 1
iicd sample "$folder/there" --seed 2
iicd train "$folder/here/scene.tif" -o "$folder/model.safetensors" --seed 1 --overwrite
iicd inspect "$folder/there/scene.tif" -m "$folder/model.safetensors"
iicd segment "$folder/there/scene.tif" -m "$folder/model.safetensors" -o "$folder/map.tif" \
    --preview "$folder/map.png"
iicd evaluate --labels "$folder/map.tif" --truth "$folder/there/truth.tif" \
    --baseline kmeans --scene "$folder/there/scene.tif"
