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
    if sections.count == 1, statistic == .mean, sections[0].aggregate == nil {
      addPlain(sections[0], until: limit)
      return
    }
    sections.forEachPoint(until: limit) { add($0) }
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
      if statistic == .mean {
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
    var index = 0
    var stepEnd = start
    while position < last {
      let time = section.times[position]
      let value = section.values[position]
      let reach = section.reach(at: position, until: limit)
      position += 1
      if time >= stepEnd {
        index = Int((time - start) / step)
        stepEnd = start + step * Int64(index + 1)
      }
      if time < start || time + reach > stepEnd {
        add(
          MeasuredPoint(time: time, mean: value, largest: value, reach: reach, measured: reach))
      } else {
        sums[index] += value * Double(reach)
        seconds[index] += Double(reach)
      }
    }
  }

  /// One value per step from grids of finer to coarser tiers; a coarser one fills only the seconds
  /// that the finer ones leave open. NaN where less than half of a step is known.
  static func combined(_ grids: [StepGrid], _ count: Int, _ step: Int64) -> [Double] {
    (0..<count).map { index in
      var sum = 0.0
      var known = 0.0
      for grid in grids where grid.seconds[index] > 0 && known < Double(step) {
        let share = min(grid.seconds[index], Double(step) - known)
        if grid.statistic == .mean {
          sum += grid.sums[index] * (share / grid.seconds[index])
        } else {
          sum = max(sum, grid.sums[index])
        }
        known += share
      }
      guard known * 2 >= Double(step) else { return .nan }
      return grids.first?.statistic == .mean ? sum / known : sum
    }
  }
}
