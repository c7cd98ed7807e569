import Charts
import Domain

/// What the pictures of one service are drawn from, read once per page.
struct ServiceView: Sendable {
  let status: ServiceStatus
  let now: Timestamp
  let grid: TimeGrid
  let rate: TimeSeries
  let queue: TimeSeries
  let ready: TimeSeries
  let targets: [TargetChange]
  let past: ForecastCurve?
  let next: ForecastCurve?
  let decisions: [Decision]

  /// Decisions listed under the pictures.
  static let decisionCount = 14

  init(of status: ServiceStatus, span: Duration, services: WebServices) async throws {
    let now = services.now()
    let from = now - span
    let step = TimeGrid.step(from: from, to: now, count: 720)
    let grid = TimeGrid(covering: from, to: now, step: step)
    async let rate = services.samples(status.id, .rate, grid)
    async let queue = services.samples(status.id, .queue, grid)
    async let ready = services.samples(status.id, .ready, grid)
    async let targets = services.targets(status.id, grid)
    async let past = services.pastForecast(status.id, grid)
    async let next = services.forecast(status.id)
    async let decisions = services.decisions(status.id, Self.decisionCount)
    self.status = status
    self.now = now
    self.grid = grid
    self.rate = try await rate
    self.queue = try await queue
    self.ready = try await ready
    self.targets = try await targets
    self.past = try await past
    self.next = try await next
    self.decisions = try await decisions
  }

  /// From the span's start to as far ahead as is forecast, at most half the span.
  var range: ClosedRange<Double> {
    let start = Double(grid.from.seconds)
    let present = Double(now.seconds)
    let end = next.map { Double($0.time(at: $0.mean.count).seconds) } ?? present
    return start...max(present, min(end, present + (present - start) / 2))
  }

  var offset: UTCOffset { UTCOffset(seconds: status.offsets.offset(at: now)) }
  var present: Double { Double(now.seconds) }

  var events: [EventSpan] {
    status.events.map {
      EventSpan(name: $0.name, from: Double($0.from.seconds), to: Double($0.to.seconds))
    }
  }

  var demandPicture: TimeChart {
    TimeChart.demand(
      identifier: "demand", observed: TimedValues(rate), forecasts: forecasts, range: range,
      now: present, offset: offset, events: events)
  }

  var capacityPicture: TimeChart {
    let need = rate.values.map { $0 / status.ratePerReplica }
    return TimeChart.capacity(
      identifier: "capacity", ready: TimedValues(ready),
      target: TimedValues(
        times: targets.map { Double($0.time.seconds) }, values: targets.map { Double($0.target) },
        end: present),
      need: TimedValues(
        start: Double(rate.start.seconds), step: Double(rate.step.wholeSeconds), values: need),
      range: range, now: present, offset: offset,
      limits: [
        Threshold(label: "max", value: Double(status.maximum), alwaysInView: false)
      ], events: events)
  }

  var queuePicture: TimeChart {
    TimeChart.queue(
      identifier: "queue", waiting: TimedValues(queue), limit: status.queueLimit, range: range,
      now: present, offset: offset, events: events)
  }

  /// The past curve up to now and the next from now on, with the bands that both have.
  private var forecasts: [ForecastBands] {
    let curves = [past, next].compactMap { $0 }.filter { !$0.mean.isEmpty }
    let common = Set(curves.map { $0.quantiles.map(\.level) }).count == 1
    return curves.map { $0.bands(limit: common ? 2 : 1) }
  }
}

extension TimedValues {
  fileprivate init(_ series: TimeSeries) {
    self.init(
      start: Double(series.start.seconds), step: Double(series.step.wholeSeconds),
      values: series.values)
  }
}

extension ForecastCurve {
  /// The median (the mean where there is none) and the outermost pairs of quantiles around it.
  fileprivate func bands(limit: Int) -> ForecastBands {
    let median = quantiles.first { $0.level == 0.5 }
    let low = quantiles.filter { $0.level < 0.5 }
    let high = quantiles.filter { $0.level > 0.5 }.reversed()
    // Without lower quantiles, as in the record of what was planned for, the band starts at the
    // median.
    let floors = low.isEmpty ? median.map { [$0] } ?? [] : low
    let bands = zip(floors, high).prefix(limit).map { low, high in
      ForecastBands.Band(
        label: Self.label(low.level) + "–" + Self.label(high.level), lower: timed(low.values),
        upper: timed(high.values))
    }
    return ForecastBands(
      middle: timed(median?.values ?? mean),
      middleLabel: median == nil ? "forecast (mean)" : "forecast (median)", bands: bands)
  }

  private static func label(_ level: Double) -> String { "P" + level.percentText }

  private func timed(_ values: [Double]) -> TimedValues {
    TimedValues(
      start: Double(start.seconds), step: Double(step.wholeSeconds),
      values: Array(values.prefix(mean.count)))
  }
}
