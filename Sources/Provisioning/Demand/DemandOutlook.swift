public import Control
public import Domain

/// What a service's demand may do over the coming days and months, as possible futures.
///
/// Three parts, each learnt from the service's own past: a shape of the day per weekday, a level of
/// days that is carried on by the smoothers that did best, and past days drawn as they were, with
/// their distance from the level and their own shape. The level wanders: the further ahead, the
/// further it may have gone. A yearly season is not modelled; growth is for the caller to state.
///
/// Hours of one future hang together, so sums over them are sums of a future.
public struct DemandOutlook: Sendable {
  /// The known demand that was learnt from.
  public let trainedFrom: Timestamp
  public let trainedTo: Timestamp
  /// Names the fitted numbers: equal fit, equal text.
  public let hash: ContentHash

  /// A stable name of the model.
  public static let modelName = "daily-level-with-past-days"
  /// Known hours below which nothing is forecast.
  public static let fewestHours = 48

  let zone: UTCOffsets
  let profile: DayProfile
  let level: DailyLevel
  let days: PastDays
  /// The local day of the last value of `level.adjusted`.
  let lastDay: Int64

  /// - Parameters:
  ///   - history: Requests per second, at most an hour per step, without what announced events did;
  ///     NaN is unknown.
  ///   - zone: The clock that the demand follows.
  /// - Returns: Nil with fewer than `fewestHours` known hours.
  /// - Complexity: Linear in the history.
  public init?(history: TimeSeries, zone: UTCOffsets) {
    let hourly = HourlyHistory(history, zone: zone)
    guard hourly.knownHours >= Self.fewestHours, let last = hourly.days.last else { return nil }
    self.zone = zone
    trainedFrom = hourly.from
    trainedTo = hourly.to
    profile = DayProfile(hourly)
    level = DailyLevel(hourly, profile: profile)
    days = PastDays(hourly, profile: profile, level: level)
    lastDay = last.number
    hash = Self.hash(profile, level)
  }

  private static func hash(_ profile: DayProfile, _ level: DailyLevel) -> ContentHash {
    var bytes: [UInt8] = []
    func add(_ value: Double) {
      withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
    }
    for shares in profile.shares { shares.forEach(add) }
    for value in level.weekdays + level.expected { add(value) }
    add(level.offset)
    add(level.uncertainty.daily)
    add(level.uncertainty.standing)
    add(level.uncertainty.drift)
    return ContentHash(of: bytes)
  }

  /// How far each of the last days was from what the day before it expected, in usual sizes: what
  /// several services are compared by.
  func shocks(last count: Int) -> [Int64: Double] {
    var shocks: [Int64: Double] = [:]
    let values = level.adjusted
    let size = (level.uncertainty.daily + level.uncertainty.standing).squareRoot()
    guard size > 0 else { return [:] }
    for day in max(3, values.count - count)..<max(3, values.count) where !values[day].isNaN {
      let around = values[(day - 3)..<day].filter { !$0.isNaN }
      guard !around.isEmpty else { continue }
      let shock = (values[day] - around.reduce(0, +) / Double(around.count)) / size
      shocks[lastDay - Int64(values.count - 1 - day)] = min(max(shock, -4), 4)
    }
    return shocks
  }
}
