#!/bin/sh
# The numeric core's tests with AddressSanitizer and with ThreadSanitizer, then its forecasts on an
# emulated CPU without AVX beside those of this one (needs qemu-user). The core depends on one library
# only, so that it is built as a package of its own, without the servers of the rest.
#
#     Tests/Nightly/sanitizers.sh
set -eu
cd "$(dirname "$0")/../.."
root=$PWD
swift package resolve
core=.build/sanitizers
mkdir -p "$core"
ln -sfn "$root/Sources" "$core/Sources"
ln -sfn "$root/Tests" "$core/Tests"
ln -sfn "$root/models" "$core/models"
ln -sfn "$root/.build/checkouts/swift-numerics" "$core/swift-numerics"
cat > "$core/Package.swift" <<'MANIFEST'
// swift-tools-version: 6.2
import PackageDescription

let real = Target.Dependency.product(name: "RealModule", package: "swift-numerics")
let settings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
]
let package = Package(
  name: "core", platforms: [.macOS("15.0")],
  dependencies: [.package(path: "swift-numerics")],
  targets: [
    .target(name: "CKernels"),
    .target(
      name: "Forecasting", dependencies: [real, "CKernels"], swiftSettings: settings,
      linkerSettings: [.linkedLibrary("m")]),
    .testTarget(
      name: "ForecastingTests", dependencies: ["Forecasting", "CKernels", real],
      exclude: ["Fixtures"], swiftSettings: settings),
  ])
MANIFEST
for sanitizer in address thread; do
  swift test --package-path "$core" --scratch-path "$core/$sanitizer" --sanitize "$sanitizer" \
    --disable-xctest
done
swift build -c release --product ForecastingBenchmark
Tests/Benchmarks/forecasting-peers/instruction-sets.sh .build/release/ForecastingBenchmark
