import Simulation

extension ReplicaResponse {
  /// Fills in what the policy buys in every future.
  ///
  /// - Parameter seed: Of the scatter within hours.
  func apply(to paths: inout ProvisioningPaths, seed: UInt64) {
    guard paths.hours > 0 else { return }
    var random = SplitMix64(seed: seed)
    let count = paths.count
    let last = paths.hours - 1
    let all = paths.demand.count
    var highest: [Float] = []
    paths.units = [Float](unsafeUninitializedCapacity: all) { units, filledUnits in
      highest = [Float](unsafeUninitializedCapacity: all) { peaks, filledPeaks in
        paths.demand.withUnsafeBufferPointer { demand in
          for hour in 0...last {
            let rows = RowPlaces(
              before: max(0, hour - 1) * count, now: hour * count,
              after: min(last, hour + 1) * count, count: count)
            fill(rows, demand, units, peaks)
            scatter(rows, units, peaks, &random)
          }
        }
        filledPeaks = all
      }
      filledUnits = all
    }
    paths.peaks = highest
    for hour in 0..<paths.hours {
      let expectation = expected(
        before: paths.expectedDemand[max(0, hour - 1)], now: paths.expectedDemand[hour],
        after: paths.expectedDemand[min(last, hour + 1)])
      paths.policyUnits[hour] = expectation.mean
      paths.floorUnits[hour] = floor(paths.expectedDemand[hour])
    }
  }

  /// Where the rows of an hour and of its neighbours begin.
  private struct RowPlaces {
    var before: Int
    var now: Int
    var after: Int
    var count: Int
  }

  /// The expected mean and peak of one hour in every future.
  private func fill(
    _ rows: RowPlaces, _ demand: UnsafeBufferPointer<Float>,
    _ units: UnsafeMutableBufferPointer<Float>, _ peaks: UnsafeMutableBufferPointer<Float>
  ) {
    let scale = Float(1 / ratePerReplica)
    let (mean, peak) = (mean.single, peak.single)
    for path in 0..<rows.count {
      let before = scale * demand[rows.before + path]
      let now = scale * demand[rows.now + path]
      let after = scale * demand[rows.after + path]
      units[rows.now + path] = mean.value(before, now, after)
      peaks[rows.now + path] = peak.value(before, now, after)
    }
  }

  /// Adds what an hour's demand does not tell, and keeps the bounds.
  private func scatter(
    _ rows: RowPlaces, _ units: UnsafeMutableBufferPointer<Float>,
    _ peaks: UnsafeMutableBufferPointer<Float>, _ random: inout SplitMix64
  ) {
    let (low, high) = (Float(minimum), Float(maximum))
    var bits: UInt64 = 0
    scatter.withUnsafeBufferPointer { scatter in
      let isVaried = scatter.count == Self.scatterCount
      for path in 0..<rows.count {
        // Eight draws of eight bits from each word, for 256 ratios.
        bits = path % 8 == 0 ? random.next() : bits >> 8
        let ratio = scatter[isVaried ? Int(bits & 0xFF) : 0]
        let replicas = min(max(units[rows.now + path] * ratio, low), high)
        units[rows.now + path] = replicas
        peaks[rows.now + path] = min(max(peaks[rows.now + path], replicas), high)
      }
    }
  }
}
