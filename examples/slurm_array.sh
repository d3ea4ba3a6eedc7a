#!/bin/sh
# A dataset from a Slurm array: 100 tasks render, one more merges when all of them have ended well.
#
#     sh examples/slurm_array.sh /shared/pages 1000000 newspaper
#
# A task that failed or was preempted goes on where it stopped: submit this again, finished parts return at once.
set -eu

out=$1 n=$2 recipe=${3:-newspaper}
parts=${PARTS:-100} cores=${CORES:-8}

array=$(sbatch --parsable --array="0-$((parts - 1))" --cpus-per-task="$cores" --requeue \
    --job-name=synthgen --output=synthgen-%A-%a.log \
    --wrap="synthgen render --n '$n' --recipe '$recipe' --out '$out' --jobs $cores --shards \$SLURM_ARRAY_TASK_ID/$parts")

sbatch --dependency="afterok:$array" --cpus-per-task=1 --job-name=synthgen-merge --output=synthgen-%j-merge.log \
    --wrap="synthgen merge '$out' && synthgen verify '$out'"
