/// Points of one series that were measured alike, by ascending time.
struct Section: Equatable, Sendable {
  /// Seconds that a point covers, `[time, time + width)`.
  var width: Int64
  /// The spacing of the samples behind the points; the scale of their values follows from it.
  var unit: Int64
  /// Imported: retention leaves it as it is.
  var kept: Bool
  var times: [Int64]
  /// The value; with an aggregate, the integral of the value over the seconds measured (for a rate
  /// the number of requests).
  var values: [Double]
  /// For points that stand for several samples.
  var aggregate: Aggregate?

  struct Aggregate: Equatable, Sendable {
    /// Seconds measured within `width`.
    var seconds: [Int64]
    /// The largest sample.
    var maxima: [Double]
  }

  init(width: Int64, unit: Int64, kept: Bool, aggregated: Bool = false) {
    self.width = width
    self.unit = unit
    self.kept = kept
    times = []
    values = []
    aggregate = aggregated ? Aggregate(seconds: [], maxima: []) : nil
  }

  /// Whether points of `other` may stand in this section.
  func isLike(_ other: Section) -> Bool {
    width == other.width && kept == other.kept
      && (aggregate == nil) == (other.aggregate == nil)
      && (aggregate != nil || unit == other.unit)
  }

  func mean(at index: Int) -> Double {
    guard let aggregate else { return values[index] }
    return values[index] / Double(aggregate.seconds[index])
  }

  func largest(at index: Int) -> Double { aggregate?.maxima[index] ?? values[index] }

  /// Seconds from a point to the next one or to `limit`, at most `width`: where samples come closer
  /// than their resolution, the newer one counts.
  func reach(at index: Int, until limit: Int64) -> Int64 {
    let next = index + 1 < times.count ? min(times[index + 1], limit) : limit
    return min(width, next &- times[index])
  }

  /// Seconds measured of the first `reach` of a point.
  func measured(at index: Int, within reach: Int64) -> Int64 {
    guard let aggregate else { return reach }
    return min(reach, aggregate.seconds[index])
  }

  /// The index of the point at exactly `time`.
  func index(of time: Int64) -> Int? {
    let index = times.lowerBound(of: time)
    return index < times.count && times[index] == time ? index : nil
  }

  mutating func append(_ other: Section, _ index: Int) {
    times.append(other.times[index])
    values.append(other.values[index])
    if let from = other.aggregate {
      aggregate?.seconds.append(from.seconds[index])
      aggregate?.maxima.append(from.maxima[index])
    }
  }

  mutating func append(_ point: Point) {
    times.append(point.time)
    values.append(point.value)
  }

  /// Drops the points at instants of `other`.
  mutating func remove(timesOf other: Section) {
    guard let first = times.first, let last = times.last, let otherFirst = other.times.first,
      let otherLast = other.times.last, first <= otherLast, otherFirst <= last
    else { return }
    var rest = Section(width: width, unit: unit, kept: kept, aggregated: aggregate != nil)
    for index in times.indices where other.index(of: times[index]) == nil {
      rest.append(self, index)
    }
    self = rest
  }

  /// Takes the points of `other` whose instants are not here yet; the first value stays.
  mutating func merge(_ other: Section) {
    guard let last = times.last, let next = other.times.first else {
      if times.isEmpty { self = other }
      return
    }
    if next > last {
      for index in other.times.indices { append(other, index) }
      return
    }
    var merged = Section(width: width, unit: unit, kept: kept, aggregated: aggregate != nil)
    var left = 0
    var right = 0
    while left < times.count || right < other.times.count {
      if right == other.times.count || (left < times.count && times[left] <= other.times[right]) {
        if right < other.times.count && times[left] == other.times[right] { right += 1 }
        merged.append(self, left)
        left += 1
      } else {
        merged.append(other, right)
        right += 1
      }
    }
    self = merged
  }
}

extension Array where Element == Int64 {
  /// Whether every element is larger than the one before.
  var isAscending: Bool {
    withUnsafeBufferPointer { values in
      var isAscending = true
      for index in values.indices.dropFirst() where values[index] <= values[index - 1] {
        isAscending = false
      }
      return isAscending
    }
  }

  /// The first index whose element is not less than `value`, in an ascending array.
  func lowerBound(of value: Int64) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if self[middle] < value { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
