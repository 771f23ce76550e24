#!/bin/bash
# Slurm: an archive of scenes as an array of jobs, or one huge scene in parts.
#
#   sbatch samples/slurm-array.sh archive  SCENES_FOLDER MODEL MAPS_FOLDER
#   samples/slurm-array.sh one-scene SCENE MODEL MAP        (submits parts, and a merger after them)
#
# Some tasks again, after a failure: sbatch --array=5,9 samples/slurm-array.sh archive …
# What is there already is not made again.
#SBATCH --job-name=iicd
#SBATCH --array=1-64
#SBATCH --cpus-per-task=4
#SBATCH --mem=5G
#SBATCH --time=02:00:00
#SBATCH --requeue
set -euo pipefail

shards=64
threads=${SLURM_CPUS_PER_TASK:-4}

case ${1-} in
archive)
    # -o names a folder: each task maps the scenes of its shard.
    iicd segment "$2" -m "$3" -o "${4%/}/" --shard "$shards" --threads "$threads" --memory 4GiB
    ;;
one-scene)
    parts=$(sbatch --parsable "$0" part "$2" "$3" "$4")
    # Not requeued: it removes what it reads.
    sbatch --dependency="afterok:${parts%%;*}" --array=1-1 --no-requeue "$0" merge "$2" "$3" "$4"
    ;;
part)
    # -o names a file: each task maps its part of the scene. A task that is stopped goes on from the
    # rows in --partial.
    iicd segment "$2" -m "$3" -o "$4" --shard "$shards" --threads "$threads" --memory 4GiB \
        --partial "$(dirname "$4")/.parts"
    ;;
merge)
    iicd merge "$4".*-of-"$shards".part -o "$4" --threads "$threads" --memory 4GiB
    rm "$4".*-of-"$shards".part
    ;;
*)
    sed -n '2,8s/^# \{0,1\}//p' "$0" >&2
    exit 64
    ;;
esac
