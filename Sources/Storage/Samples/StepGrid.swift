import Domain

/// Sums points of one tier into even steps: a point is the mean over the seconds that it covers (up
/// to the next point of its section) and gives each step the seconds that they share.
struct StepGrid {
  let start: Int64
  let step: Int64
  /// Value times seconds, per step; for `.maximum` the largest value.
  private(set) var sums: [Double]
  /// Seconds known, per step.
  private(set) var seconds: [Double]
  private let statistic: SampleStatistic
  /// For `.interpolatedMean`: the newest point that covers many steps, not yet added since its
  /// successor is not known, and the one before it.
  private var held: MeasuredPoint?
  private var before: MeasuredPoint?

  init(start: Int64, step: Int64, count: Int, statistic: SampleStatistic) {
    self.start = start
    self.step = step
    self.statistic = statistic
    sums = [Double](repeating: 0, count: count)
    seconds = [Double](repeating: 0, count: count)
  }

  var end: Int64 { start + step * Int64(sums.count) }

  /// Adds the points of one window; `limit` is the first instant after it that has a point.
  mutating func add(_ sections: [Section], until limit: Int64) {
    if sections.count == 1, sections[0].aggregate == nil, isPlain(sections[0].width) {
      addHeld(next: nil)
      addPlain(sections[0], until: limit)
      return
    }
    sections.forEachPoint(until: limit) { point in
      if isPlain(point.reach) {
        addHeld(next: nil)
        add(point)
      } else if statistic == .maximum {
        add(point)
      } else {
        addHeld(next: point)
        held = point
      }
    }
  }

  /// Adds what still waits for a successor; there is none.
  mutating func finish() { addHeld(next: nil) }

  /// Whether a point that covers so many seconds gives its mean to whatever it covers.
  private func isPlain(_ reach: Int64) -> Bool {
    switch statistic {
    case .mean: true
    // A line halves the noise of what it joins: where a plateau is short, it is the lesser evil.
    case .interpolatedMean: reach < 4 * step
    case .maximum: false
    }
  }

  private mutating func addHeld(next: MeasuredPoint?) {
    guard let point = held else {
      before = nil
      return
    }
    let former = before.flatMap { $0.time + $0.reach == point.time ? $0 : nil }
    let later = next.flatMap { point.time + point.reach == $0.time ? $0 : nil }
    // Step by step, each with the value of the line at the middle of what it shares with the point.
    var low = max(point.time, start)
    let limit = min(point.time + point.reach, end)
    while low < limit {
      let high = min(start + step * ((low - start) / step + 1), limit)
      var part = point
      part.time = low
      part.reach = high - low
      part.measured = point.measured * part.reach / point.reach
      part.mean = point.line(at: Double(low) + Double(high - low) / 2, after: former, before: later)
      add(part)
      low = high
    }
    (before, held) = (point, nil)
  }

  private mutating func add(_ point: MeasuredPoint) {
    let low = max(point.time, start)
    let high = min(point.time + point.reach, end)
    guard low < high else { return }
    let density = Double(point.measured) / Double(point.reach)
    var position = low
    var index = Int((low - start) / step)
    while position < high {
      let stepEnd = start + step * Int64(index + 1)
      let shared = Double(min(high, stepEnd) - position) * density
      if statistic != .maximum {
        sums[index] += point.mean * shared
      } else {
        sums[index] = max(sums[index], point.largest)
      }
      seconds[index] += shared
      position = stepEnd
      index += 1
    }
  }

  /// Means of plain points, which mostly lie within one step each.
  private mutating func addPlain(_ section: Section, until limit: Int64) {
    var position = section.times.lowerBound(of: start - section.width + 1)
    let last = section.times.lowerBound(of: end)
    let width = section.width
    var across: [Int] = []
    section.times.withUnsafeBufferPointer { times in
      section.values.withUnsafeBufferPointer { values in
        sums.withUnsafeMutableBufferPointer { sums in
          seconds.withUnsafeMutableBufferPointer { seconds in
            var index = 0
            var stepEnd = start
            while position < last {
              let time = times[position]
              let next = position + 1 < times.count ? times[position + 1] : limit
              let reach = min(width, next - time)
              if time >= stepEnd {
                index = Int((time - start) / step)
                stepEnd = start + step * Int64(index + 1)
              }
              if time < start || time + reach > stepEnd {
                across.append(position)
              } else {
                sums[index] += values[position] * Double(reach)
                seconds[index] += Double(reach)
              }
              position += 1
            }
          }
        }
      }
    }
    for position in across {
      let value = section.values[position]
      let reach = section.reach(at: position, until: limit)
      add(
        MeasuredPoint(
          time: section.times[position], mean: value, largest: value, reach: reach,
          measured: reach))
    }
  }

  /// One value per step from grids of finer to coarser tiers; a coarser one fills only the seconds
  /// that the finer ones leave open. NaN where less than half of a step is known.
  static func combined(_ grids: [StepGrid], _ count: Int, _ step: Int64) -> [Double] {
    let width = Double(step)
    var sums = [Double](repeating: 0, count: count)
    var known = [Double](repeating: 0, count: count)
    for grid in grids {
      for index in 0..<count {
        let measured = grid.seconds[index]
        let open = width - known[index]
        guard measured > 0, open > 0 else { continue }
        let share = min(measured, open)
        if grid.statistic != .maximum {
          sums[index] += grid.sums[index] * (share / measured)
        } else {
          sums[index] = max(sums[index], grid.sums[index])
        }
        known[index] += share
      }
    }
    let isMean = grids.first?.statistic != .maximum
    for index in 0..<count {
      if known[index] * 2 < width {
        sums[index] = .nan
      } else if isMean {
        sums[index] /= known[index]
      }
    }
    return sums
  }
}

extension MeasuredPoint {
  private var middle: Double { Double(time) + Double(reach) / 2 }

  /// The line through the middles of this point and its neighbours; level where there is none.
  fileprivate func line(
    at instant: Double, after former: MeasuredPoint?, before later: MeasuredPoint?
  ) -> Double {
    guard let neighbour = instant < middle ? former : later else { return mean }
    let share = (instant - middle) / (neighbour.middle - middle)
    return mean + (neighbour.mean - mean) * share
  }
}
