import Forecasting
import Foundation

/// How often demand exceeds the upper quantiles that were forecast of it, on the traces of
/// `models/traces`: at leads of minutes by `LeadDemand`, refitted every day, at 1 and 24 hours by
/// `ForecastBank`, refitted every third hour.
enum Calibration {
  static let levels = [0.95, 0.99]
  /// Hours between two forecasts of `ForecastBank`.
  private static let every = 3

  static func measure(folder: String) throws {
    let traces = try Trace.all(in: folder)
    for minutes in [1, 5, 8] {
      try pooled(
        "\(minutes) min", traces.filter { $0.step <= minutes * 60 }, everyStep: 1,
        exceedances: { try lead($0, minutes: minutes) })
    }
    for (name, ahead) in [("1 h", 1), ("24 h", 24)] {
      pooled(name, traces.map { $0.coarsened(to: 3600) }, everyStep: every) {
        bank($0, ahead: ahead)
      }
    }
  }

  private static func pooled(
    _ name: String, _ traces: [Trace], everyStep: Int,
    exceedances: (Trace) throws -> [[Bool?]]
  ) rethrows {
    print("lead \(name): exceedance of p95 and p99 in per cent, [95 % band by blocks of a day]")
    var pooled: [[Bool?]] = levels.map { _ in [] }
    var days: [Int] = []
    for trace in traces {
      let outcomes = try exceedances(trace)
      let day = trace.stepsPerDay / everyStep
      let count = outcomes[0].count
      let blocks = stride(from: 0, to: count, by: day).map { min(day, count - $0) }
      report(trace.name, outcomes, blocks: blocks)
      for index in levels.indices { pooled[index] += outcomes[index] }
      days += blocks
    }
    report("all", pooled, blocks: days)
  }

  private static func report(_ name: String, _ outcomes: [[Bool?]], blocks: [Int]) {
    var line = "  \(name.padding(toLength: 16, withPad: " ", startingAt: 0))"
    for row in outcomes {
      let known = row.compactMap { $0 }
      let share = Double(known.count(where: { $0 })) / Double(max(1, known.count))
      let band = Bootstrap.band(row, blocks: blocks)
      line += String(
        format: "%6.2f [%.2f … %.2f]", 100 * share, 100 * band.lowerBound, 100 * band.upperBound)
    }
    print(line + "  of \(outcomes[0].compactMap { $0 }.count)")
  }

  /// After two weeks, or a third where there is less: per level and step, whether the demand that an
  /// order placed then serves exceeded the quantile.
  private static func lead(_ trace: Trace, minutes: Int) throws -> [[Bool?]] {
    let day = trace.stepsPerDay
    let opens = Double(minutes * 60) / Double(trace.step)
    let window = LeadWindow(opens: opens, closes: opens + 1)
    guard let seasons = Seasons([day, 7 * day]) else { return levels.map { _ in [] } }
    var outcomes: [[Bool?]] = levels.map { _ in [] }
    var at = min(14 * day, trace.values.count / 3)
    while at < trace.values.count {
      let begin = max(0, at - 28 * day)
      var model = try LeadDemandFit.fit(
        values: Array(trace.values[begin..<at]),
        positions: (begin..<at).map { seasons.positions(ofStep: $0) }, seasons: seasons,
        lead: window
      ).model
      let end = min(at + day, trace.values.count)
      for step in at..<end {
        let from = step + window.first
        let to = step + window.last
        let part = model.parts.count - 1
        for (index, level) in levels.enumerated() {
          let upper = model.upper(quantile: level, part: part)
          let truth = to < trace.values.count ? trace.values[from...to].max() : nil
          let isKnown = to < trace.values.count && !trace.values[from...to].contains(where: \.isNaN)
          outcomes[index].append(
            isKnown ? upper.flatMap { upper in truth.map { $0 > upper } } : nil)
        }
        model.advance(trace.values[step], at: seasons.positions(ofStep: step))
      }
      at = end
    }
    return outcomes
  }

  private static func bank(_ trace: Trace, ahead: Int) -> [[Bool?]] {
    var outcomes: [[Bool?]] = levels.map { _ in [] }
    let first = min(336, trace.values.count / 3)
    for at in stride(from: first, through: trace.values.count - ahead, by: every) {
      let begin = max(0, at - 1344)
      let truth = trace.values[at + ahead - 1]
      let forecast =
        truth.isNaN
        ? nil
        : try? ForecastBank.fit(
          values: Array(trace.values[begin..<at]), seasons: [24, 168], horizon: ahead,
          quantiles: levels,
          positions: (begin..<(at + ahead)).map { step in
            SeasonPositions([step % 24, step % 168])
          })
      for index in levels.indices {
        outcomes[index].append(forecast.map { truth > $0.quantiles[ahead - 1][index] })
      }
    }
    return outcomes
  }
}

/// A 95 % band of a share by drawing whole blocks with replacement.
enum Bootstrap {
  static func band(_ outcomes: [Bool?], blocks: [Int]) -> ClosedRange<Double> {
    var sums: [(exceeded: Double, known: Double)] = []
    var at = 0
    var block = 0
    while at < outcomes.count {
      let length = block < blocks.count ? max(1, blocks[block]) : outcomes.count
      let known = outcomes[at..<min(at + length, outcomes.count)].compactMap { $0 }
      sums.append((Double(known.count(where: { $0 })), Double(known.count)))
      at += length
      block += 1
    }
    guard !sums.isEmpty else { return 0...1 }
    var state: UInt64 = 11
    func draw() -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((state >> 33) % UInt64(sums.count))
    }
    let shares = (0..<2000).map { _ in
      var exceeded = 0.0
      var known = 0.0
      for _ in sums {
        let one = sums[draw()]
        exceeded += one.exceeded
        known += one.known
      }
      return known > 0 ? exceeded / known : 0
    }.sorted()
    return shares[50]...shares[1949]
  }
}
