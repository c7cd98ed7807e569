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
        if grid.statistic == .mean {
          sums[index] += grid.sums[index] * (share / measured)
        } else {
          sums[index] = max(sums[index], grid.sums[index])
        }
        known[index] += share
      }
    }
    let isMean = grids.first?.statistic == .mean
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
