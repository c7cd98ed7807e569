/// A stretch of known values between two gaps, reduced to what a screen can show.
struct Run: Equatable {
  /// Positions along the time axis in picture units, ascending.
  var positions: [Double] = []
  var values: [Double] = []
  /// Where the stretch ends: the position of the gap that follows it, or the series' end.
  var end = 0.0
}

/// Thins a series to the first, lowest, highest and last value of each pixel column.
///
/// A line through these four is, pixel for pixel, the line through all values, and no extreme is
/// lost: "M4: A Visualization-Oriented Time Series Data Aggregation", Jugel, Jerzak, Hackenbroich,
/// Markl, VLDB 2014. A gap inside one column is below the resolution and is passed over; every other
/// gap ends a run.
/// - Complexity: O(n) time; at most four values per column are kept.
struct ColumnReduction {
  private var runs: [Run] = []
  private var run = Run()
  private var column = Column()
  private var gapPosition: Double?

  /// - Parameters:
  ///   - scale: the time axis; one picture unit is one column. What lies outside is dropped, except
  ///     the nearest value on either side, so that a line leaves through the edge.
  static func runs(of series: TimedValues, on scale: Scale) -> [Run] {
    var reduction = ColumnReduction()
    let visible = visibleRange(of: series, on: scale)
    for index in visible {
      reduction.add(series.values[index], at: scale.position(series.times[index]), index)
    }
    let after = visible.upperBound
    let endTime = after < series.times.count ? series.times[after] : series.end
    reduction.flush()
    reduction.endRun(at: reduction.gapPosition ?? scale.position(endTime))
    return reduction.runs
  }

  private static func visibleRange(of series: TimedValues, on scale: Scale) -> Range<Int> {
    let first = series.times.firstIndex { $0 > scale.lower } ?? series.times.count
    let start = max(0, first - 1)
    var end = start
    while end < series.times.count {
      end += 1
      if series.times[end - 1] > scale.upper { break }
    }
    return start..<end
  }

  private mutating func add(_ value: Double, at position: Double, _ index: Int) {
    guard value.isFinite else {
      gapPosition = gapPosition ?? position
      return
    }
    let number = position.rounded(.down)
    if number != column.number {
      flush()
      if let gap = gapPosition { endRun(at: gap) }
      column = Column(number: number)
    }
    gapPosition = nil
    column.add(Entry(index: index, position: position, value: value))
  }

  private mutating func flush() {
    for entry in column.entries {
      run.positions.append(entry.position)
      run.values.append(entry.value)
    }
    column = Column()
  }

  private mutating func endRun(at position: Double) {
    guard !run.positions.isEmpty else { return }
    run.end = max(position, run.positions[run.positions.count - 1])
    runs.append(run)
    run = Run()
  }
}

private struct Entry {
  let index: Int
  let position: Double
  let value: Double
}

private struct Column {
  var number = -Double.infinity
  private var first: Entry?
  private var lowest: Entry?
  private var highest: Entry?
  private var last: Entry?

  init(number: Double = -.infinity) {
    self.number = number
  }

  mutating func add(_ entry: Entry) {
    if first == nil { first = entry }
    if entry.value < lowest?.value ?? .infinity { lowest = entry }
    if entry.value > highest?.value ?? -.infinity { highest = entry }
    last = entry
  }

  var entries: [Entry] {
    var kept: [Entry] = []
    for entry in [first, lowest, highest, last].compactMap({ $0 }).sorted(by: {
      $0.index < $1.index
    })
    where kept.last?.index != entry.index {
      kept.append(entry)
    }
    return kept
  }
}
