#!/usr/bin/env bash
# Ours and Prometheus' storage in one run, on one core and on all: 10,000 series x 2,000 samples.
#
#   Tests/Benchmarks/storage/beside-prometheus.sh .build/release/StorageBenchmark
#
# Ours syncs before each reply; `promtool tsdb bench write` (Debian's prometheus) does not. CPU time
# is the whole process's, as bash's `time` counts it.
set -euo pipefail
benchmark=${1:?"usage: beside-prometheus.sh STORAGE_BENCHMARK"}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
for number in $(seq 0 9999); do
  echo "{\"__name__\":\"rate\",\"service\":\"service-$number\"}"
done > "$folder/series.json"
TIMEFORMAT='process: %U user + %S system CPU-s, %R s'
for cores in 0 "0-$(($(nproc) - 1))"; do
  echo "== scaler, cores $cores"
  time taskset -c "$cores" "$benchmark" ingest 10000 2000
  echo "== promtool tsdb bench write, cores $cores"
  time taskset -c "$cores" promtool tsdb bench write --out="$folder/tsdb" --metrics=10000 \
    --scrapes=2000 "$folder/series.json" 2>&1 | grep -E 'total samples|time|samples/sec' || true
  rm -rf "$folder/tsdb"
done
