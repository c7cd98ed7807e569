import Simulation

extension ReplicaResponse {
  /// Fills in what the policy buys in every future.
  ///
  /// - Parameter seed: Of the scatter within hours.
  /// - Complexity: A few nanoseconds per hour and path.
  func apply(to paths: inout ProvisioningPaths, seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let count = paths.count
    let high = Float(maximum)
    let low = Float(minimum)
    for hour in 0..<paths.hours {
      let now = paths.row(hour).lowerBound
      let before = hour > 0 ? now - count : now
      let after = hour + 1 < paths.hours ? now + count : now
      var bits: UInt64 = 0
      for path in 0..<count {
        let hourly = expected(
          before: Double(paths.demand[before + path]), now: Double(paths.demand[now + path]),
          after: Double(paths.demand[after + path]))
        // Eight draws of eight bits from each word; there are 256 ratios, or one.
        bits = path % 8 == 0 ? random.next() : bits >> 8
        let ratio = scatter[scatter.count == 256 ? Int(bits & 0xFF) : 0]
        let units = min(max(Float(hourly.mean) * ratio, low), high)
        paths.units[now + path] = units
        paths.peaks[now + path] = min(max(Float(hourly.peak), units.rounded(.up)), high)
      }
      let expectation = paths.expectedDemand
      let hourly = expected(
        before: expectation[max(0, hour - 1)], now: expectation[hour],
        after: expectation[min(paths.hours - 1, hour + 1)])
      paths.policyUnits[hour] = hourly.mean
      paths.floorUnits[hour] = floor(expectation[hour])
    }
  }
}
