import Domain

/// Lays the rows of one series on an even grid and notes what it met on the way.
struct SeriesGrid {
  private let file: String
  private let rateName: String
  private let unit: SeriesFile.Unit

  /// A grid that is nearly all gaps comes from a wrong year in one row; without a limit it would fill
  /// the memory.
  private static func cellLimit(rows: Int) -> Int {
    min(40_000_000, max(100_000, rows.multipliedReportingOverflow(by: 1000).partialValue))
  }

  /// The same for all series of a file together.
  static func totalLimit(rows: Int) -> Int {
    max(40_000_000, rows.multipliedReportingOverflow(by: 20).partialValue)
  }

  init(file: String, rateName: String, unit: SeriesFile.Unit) {
    self.file = file
    self.rateName = rateName
    self.unit = unit
  }

  /// The most common distance between successive instants, the smaller one where two are equally
  /// common; nil for less than two instants.
  func resolution(of rows: SeriesRows) -> Int64? {
    let times = Self.isAscending(rows.times) ? rows.times : rows.times.sorted()
    var distances: [Int64] = []
    distances.reserveCapacity(times.count)
    for index in times.indices.dropFirst() where times[index] != times[index - 1] {
      distances.append(times[index] - times[index - 1])
    }
    return Self.mostCommon(distances)
  }

  func series(
    _ rows: SeriesRows, resolution step: Int64, hasQueue: Bool, hasReady: Bool
  ) throws(SeriesFileError) -> SeriesFile.Series {
    let order = Self.timeOrder(rows.times)
    var kept: [Int] = []
    kept.reserveCapacity(order.count)
    var merged = rows
    var duplicates = 0
    for index in order {
      guard let last = kept.last, rows.times[last] == rows.times[index] else {
        kept.append(index)
        continue
      }
      duplicates += 1
      try merge(index, into: last, of: &merged, step: step)
    }
    let times = kept.map { rows.times[$0] }
    let phase = Self.mostCommon(times.map { Self.remainder($0, step) }) ?? 0
    // A row that lies off the grid belongs to the nearest element.
    func cell(_ time: Int64) -> Int64 {
      let shifted = time - phase + step / 2
      return (shifted - Self.remainder(shifted, step)) / step
    }
    let first = times.first.map(cell) ?? 0
    let cells = Int((times.last.map(cell) ?? 0) - first + 1)
    let limit = Self.cellLimit(rows: times.count)
    guard cells <= limit else {
      throw SeriesFileError(file: file, reason: .tooLong(cells: cells, limit: limit))
    }
    let positions = times.map { Int(cell($0) - first) }
    let start = Timestamp(seconds: first * step + phase)
    let duration = Duration.seconds(step)
    func grid(_ column: [Double]) -> TimeSeries {
      TimeSeries(
        start: start, step: duration,
        values: Self.means(kept.map { column[$0] }, at: positions, count: cells))
    }
    var rate = grid(merged.rate)
    if unit == .count { rate.values = rate.values.map { $0 / Double(step) } }
    var report = SeriesReport(rate)
    report.rows = rows.times.count
    report.duplicatesDropped = duplicates
    report.offGrid = times.reduce(0) { $0 + (Self.remainder($1 - phase, step) == 0 ? 0 : 1) }
    report.daylightSavingJumps = SeriesReport.daylightSavingJumps(times, step: step)
    return SeriesFile.Series(
      name: rows.name, rate: rate, queue: hasQueue ? grid(merged.queue) : nil,
      ready: hasReady ? grid(merged.ready) : nil, report: report)
  }

  /// Equal values and unknown ones merge; other values contradict each other.
  private func merge(
    _ index: Int, into kept: Int, of rows: inout SeriesRows, step: Int64
  ) throws(SeriesFileError) {
    let columns: [(WritableKeyPath<SeriesRows, [Double]>, String)] = [
      (\.rate, rateName), (\.queue, "queue"), (\.ready, "ready"),
    ]
    for (path, name) in columns where !rows[keyPath: path].isEmpty {
      let old = rows[keyPath: path][kept]
      let new = rows[keyPath: path][index]
      if old.isNaN {
        rows[keyPath: path][kept] = new
      } else if !new.isNaN, new != old {
        let time = Timestamp(seconds: rows.times[index])
        throw SeriesFileError(
          file: file, line: Int(rows.lines[index]), column: name, text: "\(new)",
          reason: .conflict(
            other: old, otherLine: Int(rows.lines[kept]), time: time,
            repeatsAnHour: step <= 3600 && SeriesReport.isClockChangeHour(time)))
      }
    }
  }

  private static func means(_ values: [Double], at positions: [Int], count: Int) -> [Double] {
    var means = [Double](repeating: .nan, count: count)
    var shares = [Int](repeating: 0, count: 0)
    for (value, position) in zip(values, positions) where !value.isNaN {
      if means[position].isNaN {
        means[position] = value
        continue
      }
      if shares.isEmpty { shares = [Int](repeating: 1, count: count) }
      shares[position] += 1
      means[position] += (value - means[position]) / Double(shares[position])
    }
    return means
  }

  private static func isAscending(_ times: [Int64]) -> Bool {
    for index in times.indices.dropFirst() where times[index] <= times[index - 1] { return false }
    return true
  }

  private static func timeOrder(_ times: [Int64]) -> [Int] {
    guard !isAscending(times) else { return Array(times.indices) }
    return times.indices.sorted { left, right in
      times[left] == times[right] ? left < right : times[left] < times[right]
    }
  }

  /// The remainder that is never negative.
  private static func remainder(_ number: Int64, _ divisor: Int64) -> Int64 {
    let rest = number % divisor
    return rest < 0 ? rest + divisor : rest
  }

  private static func mostCommon(_ numbers: [Int64]) -> Int64? {
    guard var current = numbers.first else { return nil }
    var counts: [Int64: Int] = [:]
    var run = 0
    for number in numbers {
      if number == current {
        run += 1
      } else {
        counts[current, default: 0] += run
        current = number
        run = 1
      }
    }
    counts[current, default: 0] += run
    return counts.max { left, right in
      left.value == right.value ? left.key > right.key : left.value < right.value
    }?.key
  }
}
