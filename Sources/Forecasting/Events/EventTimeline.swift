import RealModule

/// A calendar laid over the steps of one history and of the horizon after it.
///
/// What happens during events does not enter the seasons: their steps are unknown to the fit, and the
/// forecast is raised by what the events add.
///
///     let timeline = EventTimeline(events, start: …, step: 3600, history: 960, horizon: 48, offset: …)
///     let plain = try ForecastBank.fit(values: timeline.plain(values), …)
///     let forecast = plain.raised(by: timeline.uplifts(of: values, seasons: [24, 168]))
public struct EventTimeline: Sendable, Equatable {
  /// One event's occurrence on the steps; step 0 is the history's first.
  struct Occurrence: Sendable, Equatable {
    var event: Int
    var shape: EventShape
  }

  private let events: [CalendarEvent]
  private let occurrences: [Occurrence]
  private let history: Int
  private let horizon: Int

  /// - Parameters:
  ///   - start: Second since 1970, UTC, at which step 0 begins; within a thousand years of it.
  ///   - step: Seconds of a step, at least 1.
  ///   - history: Steps that are known or were; negative counts as 0.
  ///   - horizon: Steps after them; negative counts as 0.
  ///   - offset: See `CalendarEvent.occurrences(within:offset:)`.
  public init(
    _ events: [CalendarEvent], start: Int64, step: Int64, history: Int, horizon: Int,
    offset: (Int64) -> Int64
  ) {
    self.events = events
    self.history = max(0, history)
    self.horizon = max(0, horizon)
    let step = max(1, step)
    let end = start + step * Int64(self.history + self.horizon)
    var occurrences: [Occurrence] = []
    for (number, event) in events.enumerated() {
      for time in event.occurrences(within: start..<max(start, end), offset: offset) {
        // A step belongs to an event whose greater part does.
        let begin = Self.rounded(time.lowerBound - start, step)
        let end = max(begin + 1, Self.rounded(time.upperBound - start, step))
        occurrences.append(
          Occurrence(
            event: number,
            shape: EventShape(
              begin: begin, duration: end - begin,
              rampBefore: Self.rounded(event.rampBefore, step),
              rampAfter: Self.rounded(event.rampAfter, step))))
      }
    }
    self.occurrences = occurrences
  }

  private static func rounded(_ seconds: Int64, _ step: Int64) -> Int {
    let steps = (Double(seconds) / Double(step)).rounded(.toNearestOrAwayFromZero)
    return Int(min(max(steps, -1e15), 1e15))
  }

  /// Whether nothing takes place within history and horizon.
  public var isEmpty: Bool { occurrences.isEmpty }

  /// The history without the steps of events and of excluded ranges: those become unknown (NaN).
  ///
  /// - Parameter values: One per step of the history.
  public func plain(_ values: [Double]) -> [Double] {
    var plain = values
    for occurrence in occurrences {
      for step in steps(of: occurrence.shape, within: values.indices) { plain[step] = .nan }
    }
    return plain
  }

  /// What each event adds to each step of the horizon.
  ///
  /// A learned height is the mean of what earlier occurrences of the same name had over what a
  /// cautious model expected at those steps, as far as the history reaches; without any it is no
  /// uplift, with `EventUplift.unseenUncertainty`.
  ///
  /// - Parameters:
  ///   - values: The history as it was, one per step.
  ///   - seasons: Periods in steps.
  ///   - positions: As for `ForecastBank.fit`; those of the horizon are not needed.
  /// - Throws: `FitFailure` if heights are to be learned and nothing is known outside of events.
  public func uplifts(
    of values: [Double], seasons: [Int], positions: [SeasonPositions]? = nil
  ) throws(FitFailure) -> [StepUplifts] {
    var future: [(event: Int, shares: [Double])] = []
    for (number, event) in events.enumerated() where event.height != .excluded {
      var shares = Array(repeating: 0.0, count: horizon)
      var takesPlace = false
      for occurrence in occurrences where occurrence.event == number {
        for step in steps(of: occurrence.shape, within: history..<(history + horizon)) {
          shares[step - history] = max(shares[step - history], occurrence.shape.share(at: step))
          takesPlace = true
        }
      }
      if takesPlace { future.append((number, shares)) }
    }
    guard !future.isEmpty else { return [] }
    let learns = future.contains { events[$0.event].height == .learned }
    let expected = learns ? try expected(values, seasons: seasons, positions: positions) : []
    var result: [StepUplifts] = []
    for (number, shares) in future {
      let name = events[number].name
      switch events[number].height {
      case .given(let uplift):
        result.append(StepUplifts(name: name, uplift: uplift, occurrences: 0, shares: shares))
      case .learned:
        let past = past(named: name, values: values, expected: expected)
        guard
          let uplift = EventUplift.learned(from: past)
            ?? EventUplift(factor: 1, uncertainty: EventUplift.unseenUncertainty)
        else { continue }
        result.append(
          StepUplifts(name: name, uplift: uplift, occurrences: past.count, shares: shares))
      case .excluded: continue
      }
    }
    return result
  }

  private func expected(
    _ values: [Double], seasons: [Int], positions: [SeasonPositions]?
  ) throws(FitFailure) -> [Double] {
    let plain = plain(values)
    let supported = Seasons.supported(seasons, by: plain)
    let kept = positions.map { positions in
      positions.prefix(values.count).map { position in
        SeasonPositions(
          supported.lengths.map { length in position[seasons.firstIndex(of: length) ?? 0] })
      }
    }
    return try FilledSeries(plain, seasons: supported, positions: kept).values
  }

  /// Earlier occurrences at their full height.
  private func past(
    named name: String, values: [Double], expected: [Double]
  ) -> [EventUplift.Occurrence] {
    var past: [EventUplift.Occurrence] = []
    for occurrence in occurrences where events[occurrence.event].name == name {
      guard events[occurrence.event].height != .excluded else { continue }
      let steps = steps(of: occurrence.shape, within: values.indices).filter {
        occurrence.shape.share(at: $0) == 1 && values[$0].isFinite
      }
      guard !steps.isEmpty else { continue }
      past.append(
        EventUplift.Occurrence(
          actual: steps.map { values[$0] }, expected: steps.map { expected[$0] }))
    }
    return past
  }

  /// The steps at which a shape is above zero, within a range.
  private func steps(of shape: EventShape, within range: Range<Int>) -> Range<Int> {
    let (begin, early) = shape.begin.subtractingReportingOverflow(shape.rampBefore)
    let (full, late) = shape.begin.addingReportingOverflow(shape.duration)
    let (end, later) = full.addingReportingOverflow(shape.rampAfter)
    let first = early ? range.lowerBound : max(range.lowerBound, begin)
    let last = late || later ? range.upperBound : min(range.upperBound, end)
    return first..<max(first, last)
  }
}
