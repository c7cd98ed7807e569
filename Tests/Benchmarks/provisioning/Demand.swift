import Control
import Domain
import Foundation
import Provisioning
import Simulation

/// Forecasts the last fortnight of each trace from what came before it: all of it from its start, and
/// each of its days from what came before that day, as an export is used that is made every day.
enum Demand {
  static let paths = 400

  /// From where the days of the fortnight are forecast.
  enum Origin: CaseIterable {
    case fortnight, day

    var text: String {
      switch self {
      case .fortnight: "from the fortnight's start"
      case .day: "each day from the day before"
      }
    }
  }

  static func measure(folder: String, m4: String?) throws {
    let traces = try TraceFolder.read(folder)
    let long = traces.filter { $0.series.end.since($0.series.start) >= .seconds(28 * 86_400) }
    let competition = try m4.map { try TraceFolder.m4($0) }
    for origin in Origin.allCases {
      print(origin.text)
      print(header("demand"))
      report(long, from: origin, each: true)
      if let competition { report(competition, from: origin, each: false, label: "M4 Hourly") }
    }
    print("other fortnights, \(Origin.fortnight.text)")
    // Other fortnights of the same traces, to tell a rule from luck.
    for trace in long {
      let length = Int(trace.series.end.since(trace.series.start).inSeconds / 86_400)
      let earlier = stride(from: 7, through: length - 42, by: 7).map { cut in
        Trace(
          name: trace.name,
          series: trace.series.slice(
            from: trace.series.start, to: trace.series.end - .seconds(cut * 86_400)))
      }
      if !earlier.isEmpty {
        report(earlier, from: .fortnight, each: false, label: trace.name + ", earlier")
      }
    }
  }

  /// What each day of the last fortnight adds to the bias of its mean.
  static func measureDays(folder: String) throws {
    for trace in try TraceFolder.read(folder)
    where trace.series.end.since(trace.series.start) >= .seconds(28 * 86_400) {
      guard let (start, rows, truth) = forecast(trace, from: .fortnight) else { continue }
      let sum = truth.reduce(0) { $1.isFinite ? $0 + $1 : $0 }
      print("\(trace.name)\n  day from               came  expected  of the bias")
      var total = 0.0
      for day in stride(from: 0, to: truth.count, by: 24) {
        var (came, expected) = (0.0, 0.0)
        for hour in day..<min(day + 24, truth.count) where truth[hour].isFinite {
          came += truth[hour]
          expected += rows[(hour * paths)..<((hour + 1) * paths)].reduce(0) { $0 + Double($1) }
        }
        expected /= Double(paths)
        total += expected - came
        print(
          "  \(start + .seconds(3600 * day)) "
            + String(
              format: "%8.3g  %8.3g  %+6.1f %%", came / 24, expected / 24,
              100 * (expected - came) / sum))
      }
      print(String(format: "  the fortnight %40.1f %%", 100 * total / sum))
    }
  }

  /// The same for instance-hours: what the decision core runs over the fortnight as it came, against
  /// what was forecast of it.
  static func measureUnits(folder: String) throws {
    print(header("instance-hours"))
    var all: [Coverage] = []
    for trace in try TraceFolder.read(folder)
    where trace.series.end.since(trace.series.start) >= .seconds(28 * 86_400) {
      let (start, past) = split(trace)
      let policy = Service.policy(for: trace)
      let input = ServiceInput(policy: policy, history: past)
      let forecaster = try ServiceForecaster(input)
      let forecast = try forecaster.forecast(
        ProvisioningRequest(start: start, hours: Coverage.fortnight, paths: paths, seed: 7))
      let actual = try ServiceInput(policy: policy, history: trace.series).simulatedUnits(
        from: start, hours: Coverage.fortnight)
      let coverage = Coverage(
        rows: forecast.paths.units, paths: paths, truth: actual, isOneForecast: true)
      all.append(coverage)
      line(trace.name, trace, [coverage])
    }
    if let trace = try TraceFolder.read(folder).first { line("pooled", trace, all) }
  }

  private static func header(_ what: String) -> String {
    what.padding(toLength: 22, withPad: " ", startingAt: 0)
      + " days  hours in  below   days in  below  fortnight     bias  day width"
  }

  private static func report(
    _ traces: [Trace], from origin: Origin, each: Bool, label: String = "pooled"
  ) {
    var all: [Coverage] = []
    for trace in traces {
      guard let forecast = forecast(trace, from: origin) else { continue }
      let coverage = Coverage(
        rows: forecast.rows, paths: paths, truth: forecast.truth,
        isOneForecast: origin == .fortnight)
      all.append(coverage)
      if each { line(trace.name, trace, [coverage]) }
    }
    if let first = traces.first { line(label, first, all) }
  }

  private static func split(_ trace: Trace) -> (start: Timestamp, past: TimeSeries) {
    let start =
      trace.series.end.floored(to: .seconds(3600)) - .seconds(3600 * Coverage.fortnight)
    return (start, trace.series.slice(from: trace.series.start, to: start))
  }

  /// The last fortnight as forecast and as it came. Days that were forecast one by one have nothing
  /// in common: their futures are drawn anew.
  private static func forecast(
    _ trace: Trace, from origin: Origin
  ) -> (start: Timestamp, rows: [Float], truth: [Double])? {
    let (start, _) = split(trace)
    let hourly = trace.series.coarsened(by: 3600 / Int(trace.series.step.wholeSeconds))
    let first = hourly.index(at: start)
    let hours = origin == .day ? 24 : Coverage.fortnight
    var rows: [Float] = []
    for hour in stride(from: 0, to: Coverage.fortnight, by: hours) {
      let begin = start + .seconds(3600 * hour)
      let past = trace.series.slice(from: trace.series.start, to: begin)
      guard let outlook = DemandOutlook(history: past, zone: .utc) else { return nil }
      rows += outlook.paths(from: begin, hours: hours, count: paths, seed: UInt64(7 + hour))
    }
    return (start, rows, Array(hourly.values[first..<(first + Coverage.fortnight)]))
  }

  private static func line(_ name: String, _ trace: Trace, _ all: [Coverage]) {
    func sum(_ part: KeyPath<Coverage, Double>) -> Double {
      all.reduce(0) { $0 + $1[keyPath: part] }
    }
    let biases = all.map(\.bias.magnitude).sorted()
    let half = biases.count / 2
    let median =
      biases.isEmpty
      ? 0 : biases.count % 2 == 1 ? biases[half] : 0.5 * (biases[half - 1] + biases[half])
    let bias = all.count == 1 ? all[0].bias : median
    let days = trace.series.end.since(trace.series.start).inSeconds / 86_400
    let wholes = all.compactMap(\.insideWhole)
    let whole =
      wholes.isEmpty
      ? "      –" : String(format: "%5.1f %%", 100 * wholes.reduce(0, +) / Double(wholes.count))
    let text = String(
      format: "%5.0f  %6.1f %% %5.1f %%  %5.1f %% %5.1f %%   %@  %6.1f %%  %6.1f %%", days,
      100 * sum(\.insideHours) / sum(\.hours), 100 * sum(\.belowHours) / sum(\.hours),
      100 * sum(\.insideDays) / sum(\.days), 100 * sum(\.belowDays) / sum(\.days), whole,
      100 * bias, 100 * sum(\.width) / Double(all.count))
    let pooled =
      all.count == 1
      ? ""
      : String(
        format: "   of %d, median size of the bias; mean bias %+.1f %%", all.count,
        100 * sum(\.bias) / Double(all.count))
    print(name.padding(toLength: 22, withPad: " ", startingAt: 0) + text + pooled)
  }
}
