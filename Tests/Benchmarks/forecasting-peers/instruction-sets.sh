#!/bin/sh
# Whether forecasts are the same on a CPU without AVX as on this one, and the same bytes in two
# processes. Needs qemu-user (Debian).
#
#   swift build -c release --product ForecastingBenchmark
#   Tests/Benchmarks/forecasting-peers/instruction-sets.sh .build/release/ForecastingBenchmark
set -eu
folder=$(mktemp -d)
trap 'rm -r "$folder"' EXIT
"$1" answers > "$folder/native"
"$1" answers > "$folder/again"
cmp "$folder/native" "$folder/again"
echo "two processes: the same bytes, $(wc -l < "$folder/native") forecasts"
qemu-x86_64 -cpu Nehalem "$1" answers > "$folder/old" 2> "$folder/warnings"
paste -d ' ' "$folder/native" "$folder/old" | awk '
  { d = ($4 - $8) / $4; if (d < 0) d = -d; if (d > worst) worst = d }
  END { print "Nehalem: largest relative difference " worst; exit worst > 1e-6 }'
