#!/bin/sh
# Whether forecasts are the same on CPUs without AVX, with AVX2 and on this one, and the same bytes
# in two processes. Needs qemu-user (Debian).
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
for cpu in Nehalem Haswell; do
  qemu-x86_64 -cpu "$cpu" "$1" answers > "$folder/$cpu" 2> "$folder/warnings"
  paste -d ' ' "$folder/native" "$folder/$cpu" | awk -v cpu="$cpu" '
    { d = ($4 - $8) / $4; if (d < 0) d = -d; if (d > worst) worst = d }
    END { print cpu ": largest relative difference " worst; exit worst > 1e-6 }'
done
