import Domain

/// Sums points of one tier into even steps: a point is the mean over the seconds it covers, and
/// gives each step the seconds that they share.
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

  /// Adds the points of `section` except those at an instant in `known` (ascending).
  mutating func add(_ section: Section, except known: [Int64] = []) {
    let first = section.times.lowerBound(of: start - section.width + 1)
    let last = section.times.lowerBound(of: end)
    guard first < last else { return }
    if section.aggregate == nil, statistic == .mean, known.isEmpty {
      addPlain(section, first..<last)
      return
    }
    for index in first..<last {
      let time = section.times[index]
      if !known.isEmpty {
        let place = known.lowerBound(of: time)
        if place < known.count && known[place] == time { continue }
      }
      let value = statistic == .mean ? section.mean(at: index) : section.largest(at: index)
      add(value, at: time, width: section.width, measured: Double(section.coverage(at: index)))
    }
  }

  /// Adds `value` over `[time, time + width)`, of which `measured` seconds are known.
  mutating func add(_ value: Double, at time: Int64, width: Int64, measured: Double) {
    let low = max(time, start)
    let high = min(time + width, end)
    guard low < high else { return }
    let density = measured / Double(width)
    var position = low
    var index = Int((low - start) / step)
    while position < high {
      let stepEnd = start + step * Int64(index + 1)
      let shared = Double(min(high, stepEnd) - position) * density
      if statistic == .mean {
        sums[index] += value * shared
      } else {
        sums[index] = max(sums[index], value)
      }
      seconds[index] += shared
      position = stepEnd
      index += 1
    }
  }

  /// Means of plain points, which mostly lie within one step each.
  private mutating func addPlain(_ section: Section, _ range: Range<Int>) {
    let width = section.width
    let weight = Double(width)
    var index = 0
    var stepStart = start
    var stepEnd = start + step
    var position = range.lowerBound
    while position < range.upperBound {
      let time = section.times[position]
      if time < stepStart || time >= stepEnd {
        guard time >= start else {
          add(section.values[position], at: time, width: width, measured: weight)
          position += 1
          continue
        }
        index = Int((time - start) / step)
        stepStart = start + step * Int64(index)
        stepEnd = stepStart + step
      }
      guard time + width <= stepEnd else {
        add(section.values[position], at: time, width: width, measured: weight)
        position += 1
        continue
      }
      var sum = 0.0
      let before = position
      while position < range.upperBound && section.times[position] + width <= stepEnd {
        sum += section.values[position]
        position += 1
      }
      sums[index] += sum * weight
      seconds[index] += Double(position - before) * weight
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
