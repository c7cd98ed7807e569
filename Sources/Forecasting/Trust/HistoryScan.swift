/// Looks through a history for what must not be learned from it.
///
/// - Note: Outages and stuck metrics become unknown. A level shift is only told: the models follow it
///   by themselves.
public struct HistoryScan: Sendable, Equatable {
  /// Something wrong with a part of the history.
  public struct Finding: Sendable, Equatable {
    public let anomaly: Anomaly
    /// The steps it lasted; of a level shift, the new level up to the end of the history.
    public let steps: Range<Int>

    public init(anomaly: Anomaly, steps: Range<Int>) {
      self.anomaly = anomaly
      self.steps = steps
    }
  }

  /// In the order of their first steps.
  public let findings: [Finding]

  /// How many sizes of innovations a value must lie below what was expected.
  private static let bandWidth = 6.0
  /// A value that came so often in a row, and comes again, is not learned from.
  private static let fewestRepeats = 2

  /// - Parameters:
  ///   - values: Oldest first; NaN, infinite and negative ones are unknown.
  ///   - seasons: Periods in steps; those that the history does not support are left out. Without any
  ///     nothing tells an outage from a quiet hour, and nothing is found.
  ///   - positions: As for `ForecastBank.fit`; those of the horizon are not needed.
  /// - Complexity: Linear in the history, but for medians over half of the longest season.
  public init(
    _ values: [Double], seasons: [Int], positions: [SeasonPositions]? = nil
  ) {
    let supported = Seasons.supported(seasons, by: values)
    let kept = positions.map { positions in
      positions.prefix(values.count).map { position in
        SeasonPositions(
          supported.lengths.map { length in position[seasons.firstIndex(of: length) ?? 0] })
      }
    }
    let transform = Transform.logarithm(for: values)
    guard supported.count > 0, kept.map({ $0.count == values.count }) ?? true,
      let series = try? HoltWintersSeries(
        values: values, seasons: supported, transform: transform, positions: kept)
    else {
      findings = []
      return
    }
    let interruptions = Self.interruptions(of: series, values, kept)
    let rest = Self.without(interruptions, values)
    let shifts = LevelShifts.steps(
      in: rest.map { $0 >= 0 && $0.isFinite ? transform.apply($0) : .nan }, day: supported.shortest,
      longest: supported.longest)
    let new = shifts.map { Finding(anomaly: .levelShift, steps: $0..<values.count) }
    findings = (interruptions + new).sorted { $0.steps.lowerBound < $1.steps.lowerBound }
  }

  /// The steps at which a history's metric was stuck, as a scan finds them. A history in which no value
  /// comes often enough in a row is not scanned at all.
  ///
  /// - Parameters: As for `init`; `positions` is called for one that is scanned only.
  /// - Complexity: One look at every value, for nearly every history.
  public static func stuck(
    _ values: [Double], seasons: [Int], positions: () -> [SeasonPositions]
  ) -> [Range<Int>] {
    guard let day = Seasons.supported(seasons, by: values).lengths.min() else { return [] }
    let fewest = patience(day: day).frozen
    var last = Double.nan
    var same = 0
    let isSuspect = values.contains { value in
      same = value == last ? same + 1 : 1
      last = value
      return value > 0 && same >= fewest
    }
    guard isSuspect else { return [] }
    return HistoryScan(values, seasons: seasons, positions: positions()).findings
      .filter { $0.anomaly == .frozen }.map(\.steps)
  }

  private static func patience(day: Int) -> AnomalyWatch.Patience {
    AnomalyWatch.Patience(frozen: max(12, day / 12))
  }

  /// The history with outages and stuck values unknown (NaN).
  public func plain(_ values: [Double]) -> [Double] {
    Self.without(findings.filter { $0.anomaly != .levelShift }, values)
  }

  private static func without(_ findings: [Finding], _ values: [Double]) -> [Double] {
    var plain = values
    for finding in findings {
      for step in finding.steps.clamped(to: values.indices) { plain[step] = .nan }
    }
    return plain
  }

  /// Collapses and stuck values. A collapse that lasts for longer than the shortest season, or a value
  /// that is stuck for longer than the longest, is how things are now.
  private static func interruptions(
    of series: HoltWintersSeries, _ values: [Double], _ positions: [SeasonPositions]?
  ) -> [Finding] {
    let day = series.seasons.shortest
    let start = HoltWintersStart(series)
    var model = HoltWinters(
      seasons: series.seasons, transform: series.transform,
      parameters: .cautious(seasons: series.seasons), level: start.states.level, trend: 0,
      seasonal: start.states.seasonal, innovationBound: start.states.innovationBound,
      smallestInnovationBound: start.floor, residual: 0, range: series.range)
    var watch = AnomalyWatch(patience: patience(day: day))
    var findings: [Finding] = []
    var begin = 0
    for (step, value) in values.enumerated() {
      let at = positions?[step] ?? series.seasons.positions(ofStep: step)
      let expected = model.forecast(at: at, stepsAhead: 1)
      let centre = series.transform.apply(expected)
      let reach = bandWidth * model.innovationSize
      let before = watch.anomaly
      let anomaly = watch.observe(
        value, expected: expected,
        band: series.transform.invert(centre - reach)...series.transform.invert(centre + reach))
      if anomaly != before {
        if let before { findings.append(finding(before, begin..<step, series.seasons)) }
        begin = step + 1 - (anomaly == .frozen ? watch.same : watch.collapsed)
      }
      // A model that followed a stuck value would soon expect it.
      let isOut = (1...day).contains(watch.collapsed) || value > 0 && watch.same > fewestRepeats
      model.advance(isOut ? nil : value, at: at)
    }
    if let anomaly = watch.anomaly {
      findings.append(finding(anomaly, begin..<values.count, series.seasons))
    }
    return findings
  }

  private static func finding(
    _ anomaly: Anomaly, _ steps: Range<Int>, _ seasons: Seasons
  ) -> Finding {
    let longest = anomaly == .collapse ? seasons.shortest : seasons.longest
    return Finding(anomaly: steps.count > longest ? .levelShift : anomaly, steps: steps)
  }
}
