import Adapters
import Control
import Domain
import Forecasting

/// What `scaler forecast` was asked, in domain values.
struct ForecastRequest: Sendable {
  var horizon: Duration?
  var steps: Int?
  var step: Duration?
  var periods: [Duration]?
  var zone: UTCOffsets
  /// Ascending.
  var levels: [Double]
  /// The end of what may be known; nil: all that is there.
  var end: Timestamp?
  var events: [EventEntry] = []

  /// - Throws: `CommandFailure` if the series cannot be forecast as asked.
  func forecast(_ series: SeriesFile.Series) throws -> SeriesForecast {
    let clock = ContinuousClock.now
    let history = try history(of: series)
    let count = try stepCount(for: history)
    let calendar = SeasonCalendar(
      step: history.step, periods: periods ?? [.seconds(86_400), .seconds(604_800)], zone: zone)
    let positions = (0..<(history.count + count)).map {
      calendar.positions(at: history.time(at: $0))
    }
    let timeline = EventTimeline(
      events(of: series.name), start: history.start.seconds, step: history.step.wholeSeconds,
      history: history.count, horizon: count,
      offset: { Int64(zone.offset(at: Timestamp(seconds: $0))) })
    let scan = HistoryScan(
      timeline.plain(history.values), seasons: calendar.seasons.lengths, positions: positions)
    let bank: BankForecast
    do {
      bank = try fit(
        history, timeline, scan, seasons: calendar.seasons.lengths, horizon: count,
        positions: positions)
    } catch {
      throw CommandFailure(
        status: .badInput,
        message: "the series `\(series.name)` cannot be forecast: \(error)")
    }
    return SeriesForecast(
      name: series.name, start: history.end, step: history.step, bank: bank,
      history: history, gaps: series.report.gaps.count, findings: scan.findings,
      seconds: (ContinuousClock.now - clock).inSeconds)
  }

  private func events(of series: String) -> [CalendarEvent] {
    events.filter { $0.concerns(series) }.map { $0.event(in: zone) }
  }

  /// The steps of events, outages and stuck values are left out of what is learned, and events'
  /// uplifts put on what is expected.
  private func fit(
    _ history: TimeSeries, _ timeline: EventTimeline, _ scan: HistoryScan, seasons: [Int],
    horizon: Int, positions: [SeasonPositions]
  ) throws -> BankForecast {
    let plain = try ForecastBank.fit(
      values: scan.plain(timeline.plain(history.values)), seasons: seasons, horizon: horizon,
      quantiles: levels, positions: positions)
    if timeline.isEmpty { return plain }
    return plain.raised(
      by: try timeline.uplifts(of: history.values, seasons: seasons, positions: positions))
  }

  private func history(of series: SeriesFile.Series) throws -> TimeSeries {
    var history = series.rate
    if let end { history = history.slice(from: history.start, to: end) }
    guard let step, step != history.step else { return history }
    let ratio = step.wholeSeconds / max(1, history.step.wholeSeconds)
    guard ratio >= 1, history.step * Int(ratio) == step else {
      throw CommandFailure(
        status: .usage,
        message: "--step \(step.shortText) is not a multiple of the history's "
          + "\(history.step.shortText)")
    }
    return history.coarsened(by: Int(ratio))
  }

  private func stepCount(for history: TimeSeries) throws -> Int {
    if let steps { return steps }
    guard let horizon else { return 1 }
    let count = horizon.wholeSeconds / history.step.wholeSeconds
    guard (1...100_000).contains(count) else {
      throw CommandFailure(
        status: .usage,
        message: "--horizon \(horizon.shortText) is not between one and 100000 steps of "
          + "\(history.step.shortText)")
    }
    return Int(count)
  }
}

/// One series' result.
struct SeriesForecast: Sendable {
  var name: String
  /// The first step after the history.
  var start: Timestamp
  var step: Duration
  var bank: BankForecast
  var history: TimeSeries
  var gaps: Int
  /// Outages, stuck values and level shifts, steps counted from the history's first.
  var findings: [HistoryScan.Finding]
  var seconds: Double

  /// When a step of the history begins.
  func historyTime(at index: Int) -> Timestamp { history.time(at: index) }

  /// When a step of the forecast begins.
  func time(at index: Int) -> Timestamp { start + step * index }
}
