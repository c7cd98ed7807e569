/// One mark on a time axis.
struct TimeTick: Equatable {
  /// Unix seconds.
  let time: Double
  /// The fine part, on the first line: `06:00`, `24`, `Nov`.
  let label: String
  /// The coarse part, on the second line, where it changes: `Tue 24 Nov`, `Dec 2026`, `2027`.
  let context: String?
}

/// The marks of a time axis at a UTC offset, on the boundaries that people use.
struct TimeTicks: Equatable {
  let ticks: [TimeTick]
  /// The coarse part that holds at the left edge, so that a range without a boundary has a date.
  let leadingContext: String

  /// - Parameters:
  ///   - start, end: Unix seconds; an empty or non-finite range has no ticks.
  ///   - count: at most this many ticks.
  init(from start: Double, to end: Double, offset: UTCOffset, count: Int) {
    guard start.isFinite, end.isFinite, end > start, abs(start) < 1e11, abs(end) < 1e11 else {
      ticks = []
      leadingContext = ""
      return
    }
    let interval = TimeInterval.finest(spanning: end - start, count: max(1, count))
    ticks = interval.instants(from: start, to: end, offset: offset.seconds).map { time in
      let date = CivilDate(unixSeconds: time, offset: offset.seconds)
      return TimeTick(
        time: time, label: interval.label(date), context: interval.newContext(date, at: time))
    }
    leadingContext = interval.context(CivilDate(unixSeconds: start, offset: offset.seconds))
  }
}

/// The spacing of time ticks.
private enum TimeInterval {
  case seconds(Int)
  case days(Int)
  case months(Int)

  static let ladder: [TimeInterval] =
    [1, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200]
    .map(TimeInterval.seconds)
    + [1, 2, 7, 14].map(TimeInterval.days)
    + [1, 3, 6, 12, 24, 60, 120, 600, 1200, 6000].map(TimeInterval.months)

  static func finest(spanning span: Double, count: Int) -> TimeInterval {
    ladder.first { span / $0.approximateSeconds <= Double(count) } ?? .months(12_000)
  }

  var approximateSeconds: Double {
    switch self {
    case .seconds(let seconds): Double(seconds)
    case .days(let days): Double(days) * 86_400
    case .months(let months): Double(months) * 2_629_746
    }
  }

  func instants(from start: Double, to end: Double, offset: Int) -> [Double] {
    let shift = Double(offset)
    let localStart = start + shift
    let localEnd = end + shift
    switch self {
    case .seconds(let step):
      return multiples(of: Double(step), phase: 0, from: localStart, to: localEnd)
        .map { $0 - shift }
    case .days(let step):
      // 1970-01-05 was a Monday: weeks begin there.
      let phase = step % 7 == 0 ? 4 * 86_400.0 : 0
      return multiples(of: Double(step) * 86_400, phase: phase, from: localStart, to: localEnd)
        .map { $0 - shift }
    case .months(let step):
      let date = CivilDate(unixSeconds: start, offset: offset)
      var month = CivilDate.floorDivide(date.year * 12 + date.month - 1, step) * step
      var instants: [Double] = []
      while true {
        let days = CivilDate.daysSinceEpoch(year: 0, month: month + 1)
        let local = Double(days) * 86_400
        if local > localEnd { return instants }
        if local >= localStart { instants.append(local - shift) }
        month += step
      }
    }
  }

  private func multiples(of step: Double, phase: Double, from start: Double, to end: Double)
    -> [Double]
  {
    let first = ((start - phase) / step).rounded(.up)
    let last = ((end - phase) / step).rounded(.down)
    guard last >= first else { return [] }
    return (0...Int(last - first)).map { (first + Double($0)) * step + phase }
  }

  func label(_ date: CivilDate) -> String {
    switch self {
    case .seconds(let step): date.clock(withSeconds: step < 60)
    case .days: "\(date.day)"
    case .months(let step): step % 12 == 0 ? "\(date.year)" : date.monthName
    }
  }

  func context(_ date: CivilDate) -> String {
    switch self {
    case .seconds: "\(date.day) \(date.monthName) \(date.year)"
    case .days: "\(date.monthName) \(date.year)"
    case .months(let step): step % 12 == 0 ? "" : "\(date.year)"
    }
  }

  func newContext(_ date: CivilDate, at time: Double) -> String? {
    switch self {
    case .seconds: date.secondOfDay == 0 ? "\(date.day) \(date.monthName)" : nil
    case .days(let step): date.day <= step ? context(date) : nil
    case .months(let step): step % 12 != 0 && date.month == 1 ? "\(date.year)" : nil
    }
  }
}
