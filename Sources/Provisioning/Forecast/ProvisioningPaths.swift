public import Domain

/// Possible futures of one target, hour by hour: demand, what the policy buys for it, and what that
/// costs. All quantities of one path belong to the same future, so sums over a path are sums of that
/// future.
///
/// Rows are hours, and a row holds one value per path: 13 months of 200 paths are 30 MB.
public struct ProvisioningPaths: Sendable {
  public let start: Timestamp
  public let hours: Int
  /// Paths.
  public let count: Int
  /// Requests per second.
  public internal(set) var demand: [Float]
  /// Instance-hours bought within the hour.
  public internal(set) var units: [Float]
  /// The most instances at once within the hour.
  public internal(set) var peaks: [Float]
  /// Money at list price.
  public internal(set) var cost: [Float]
  /// Per hour: the expected demand in requests per second, what it alone needs, and what the policy
  /// buys if it comes so; instance-hours.
  public internal(set) var expectedDemand: [Double]
  public internal(set) var floorUnits: [Double]
  public internal(set) var policyUnits: [Double]

  /// Nothing happens in any of them.
  public init(start: Timestamp, hours: Int, count: Int) {
    self.init(
      start: start, hours: hours, count: count,
      demand: [Float](repeating: 0, count: hours * count))
    units = demand
    peaks = demand
    cost = demand
  }

  /// What is bought for that demand, and what it costs, has yet to be filled in: memory for zeros is
  /// a tenth of a forecast's time.
  init(start: Timestamp, hours: Int, count: Int, demand: [Float]) {
    self.start = start
    self.hours = hours
    self.count = count
    self.demand = demand
    (units, peaks, cost) = ([], [], [])
    expectedDemand = [Double](repeating: 0, count: hours)
    floorUnits = expectedDemand
    policyUnits = expectedDemand
  }

  public var end: Timestamp { start + .seconds(3600 * hours) }

  /// The values of one hour, one per path.
  func row(_ hour: Int) -> Range<Int> { hour * count..<(hour + 1) * count }

  /// Adds another target's futures path by path: their sum is the future of both. Spans and path
  /// counts must be equal.
  mutating func add(_ other: ProvisioningPaths) {
    precondition(
      start == other.start && hours == other.hours && count == other.count,
      "only futures of the same span and number of paths can be added")
    Self.add(&demand, other.demand)
    Self.add(&units, other.units)
    Self.add(&peaks, other.peaks)
    Self.add(&cost, other.cost)
    for hour in 0..<hours {
      expectedDemand[hour] += other.expectedDemand[hour]
      floorUnits[hour] += other.floorUnits[hour]
      policyUnits[hour] += other.policyUnits[hour]
    }
  }

  private static func add(_ sums: inout [Float], _ values: [Float]) {
    for index in sums.indices { sums[index] += values[index] }
  }
}
