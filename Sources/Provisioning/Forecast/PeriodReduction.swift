import Domain

/// Sums futures over periods and takes quantiles of the sums.
struct PeriodReduction {
  private let forecast: TargetForecast
  private let paths: ProvisioningPaths

  init(_ forecast: TargetForecast) {
    self.forecast = forecast
    paths = forecast.paths
  }

  func rows(_ periods: [Period], _ granularity: Granularity) -> [ProvisioningPeriod] {
    periods.map { row($0, granularity) }
  }

  func row(_ period: Period, _ granularity: Granularity) -> ProvisioningPeriod {
    var sums = PathSums(count: paths.count)
    var (floor, policy, length) = (0.0, 0.0, 0.0)
    let mix = forecast.purchase
    for (hour, share) in hours(of: period) {
      sums.add(paths, hour: hour, share: share, mix: mix)
      floor += share * paths.floorUnits[hour]
      policy += share * paths.policyUnits[hour]
      length += share
    }
    if length > 0 { for path in sums.demand.indices { sums.demand[path] /= length } }
    let units = Sample(sums.units)
    let peaks = Sample(sums.peaks)
    let committed = mix.offer == nil ? 0 : mix.committedUnits * length
    let used = sums.used.reduce(0, +)
    let bought = sums.units.reduce(0, +)
    let hasPrice = forecast.currency != nil
    let list = hasPrice ? listCost(sums, units) : nil
    let ahead = period.end.since(forecast.provenance.trainedTo)
    return ProvisioningPeriod(
      period: period, granularity: granularity, demand: Sample(sums.demand).quantiles,
      units: units.quantiles, floorUnits: floor, policyUnits: policy,
      peakP50: peaks.quantile(0.5), peakP95: peaks.quantile(0.95), listCost: list,
      effectiveCost: hasPrice && mix != .onDemand ? Sample(sums.effective).outlook : list,
      committedUnits: committed,
      onDemandUnits: (bought - used) / Double(max(1, paths.count)),
      commitmentUtilization: committed > 0
        ? used / committed / Double(max(1, paths.count)) : nil,
      commitmentCoverage: bought > 0 ? used / bought : 0,
      isExtrapolated: ahead > forecast.provenance.trainedSpan)
  }

  /// One price for all hours needs no quantiles of its own.
  private func listCost(_ sums: PathSums, _ units: Sample) -> Outlook {
    guard let price = sums.price, forecast.unitPrice != nil else {
      return Sample(sums.cost).outlook
    }
    let outlook = units.outlook
    return Outlook(
      mean: price * outlook.mean, p10: price * outlook.p10, p50: price * outlook.p50,
      p90: price * outlook.p90)
  }

  /// The hours that a period holds, and which part of each.
  private func hours(of period: Period) -> [(hour: Int, share: Double)] {
    let first = max(0, Int(CivilDay.divide(period.start.seconds - paths.start.seconds, 3600)))
    var found: [(Int, Double)] = []
    for hour in first..<max(first, paths.hours) {
      let begin = paths.start.seconds + Int64(hour) * 3600
      guard begin < period.end.seconds else { break }
      let from = max(begin, period.start.seconds)
      let to = min(begin + 3600, period.end.seconds)
      if to > from { found.append((hour, Double(to - from) / 3600)) }
    }
    return found
  }
}

/// Sums over hours, one per path.
private struct PathSums {
  var demand: [Double]
  var units: [Double]
  var peaks: [Double]
  var cost: [Double]
  var effective: [Double]
  /// Committed instance-hours that are in use.
  var used: [Double]
  /// Money per instance-hour, where it is the same in every hour so far.
  var price: Double? { highest - lowest <= 1e-6 * highest ? highest : nil }
  private var lowest = Double.infinity
  private var highest = 0.0

  init(count: Int) {
    demand = [Double](repeating: 0, count: count)
    (units, peaks, cost, effective, used) = (demand, demand, demand, demand, demand)
  }

  mutating func add(_ paths: ProvisioningPaths, hour: Int, share: Double, mix: PurchaseMix) {
    let row = paths.row(hour)
    var (bought, paid) = (0.0, 0.0)
    for (path, place) in row.enumerated() {
      let instances = Double(paths.units[place])
      let money = Double(paths.cost[place])
      demand[path] += share * Double(paths.demand[place])
      units[path] += share * instances
      peaks[path] = max(peaks[path], Double(paths.peaks[place]))
      cost[path] += share * money
      bought += instances
      paid += money
    }
    // Several services may have several prices: a committed instance has their mean.
    let price = bought > 0 ? paid / bought : 0
    lowest = min(lowest, price)
    highest = max(highest, price)
    guard mix != .onDemand else { return }
    for (path, place) in row.enumerated() {
      let instances = Double(paths.units[place])
      effective[path] += share * price * mix.price(ofUnits: instances)
      if mix.offer != nil { used[path] += share * min(instances, mix.committedUnits) }
    }
  }
}
