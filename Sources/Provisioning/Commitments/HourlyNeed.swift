import Domain

/// The instance-hours of every hour of every future, with what one costs: what commitments are judged
/// on.
struct HourlyNeed: Sendable {
  let hours: Int
  let paths: Int
  /// One row per hour with one value per path.
  private(set) var units: [Float]
  /// Per hour, the price of an instance-hour that is not committed, spot included; 1 without a
  /// price.
  let prices: [Double]
  /// List price of an instance-hour at the start.
  let listPrice: Double

  /// - Parameter existing: Instances that are committed already; they serve first.
  init(_ forecast: TargetForecast, spot: SpotTerms?, existing: Double) {
    let source = forecast.paths
    hours = source.hours
    paths = source.count
    units = source.units
    let blended = spot?.blendedPrice ?? 1
    let isPriced = forecast.currency != nil
    // Several services may have several prices: an instance has their mean.
    let list = (0..<source.hours).map { hour -> Double in
      let row = source.row(hour)
      let bought = row.reduce(0.0) { $0 + Double(source.units[$1]) }
      let paid = row.reduce(0.0) { $0 + Double(source.cost[$1]) }
      return isPriced ? (bought > 0 ? paid / bought : forecast.unitPrice ?? 0) : 1
    }
    listPrice = isPriced ? forecast.unitPrice ?? list.first ?? 0 : 1
    prices = list.map { $0 * blended }
    if existing > 0 {
      for index in units.indices { units[index] = max(0, units[index] - Float(existing)) }
    }
  }

  /// One future, hour by hour, at one price.
  init(units: [Float], price: Double) {
    hours = units.count
    paths = 1
    self.units = units
    prices = [Double](repeating: price, count: units.count)
    listPrice = price
  }

  /// The level that a share of all hours of all futures does not exceed, hours weighing as much as
  /// they cost: the smallest value at which that share is reached.
  ///
  /// - Parameter path: Of one future only; nil for all.
  func quantile(_ share: Double, path: Int? = nil) -> Double {
    let sorted = sorted(path: path)
    let total = sorted.reduce(0) { $0 + $1.weight }
    var sum = 0.0
    for entry in sorted {
      sum += entry.weight
      if sum >= share * total * (1 - 1e-12) { return Double(entry.units) }
    }
    return sorted.last.map { Double($0.units) } ?? 0
  }

  private func sorted(path: Int?) -> [(units: Float, weight: Double)] {
    var entries: [(units: Float, weight: Double)] = []
    entries.reserveCapacity(path == nil ? units.count : hours)
    for hour in 0..<hours {
      let row = hour * paths..<(hour + 1) * paths
      if let path {
        entries.append((units[row.lowerBound + path], prices[hour]))
      } else {
        for place in row { entries.append((units[place], prices[hour])) }
      }
    }
    entries.sort { $0.units < $1.units }
    return entries
  }
}
