#!/bin/sh
# The invariants over seeds, with 10,000 of them instead of the 200 of every run. A failure prints
# its seed, which is a complete report.
#
#     Tests/Nightly/properties.sh [seeds]
set -eu
cd "$(dirname "$0")/../.."
SCALER_SEEDS="${1:-10000}" nice -n 10 swift test --disable-xctest --filter 'ControlTests.*InvariantTests'
