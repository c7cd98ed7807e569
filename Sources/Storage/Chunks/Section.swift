/// Points of one series that were measured alike, by ascending time.
struct Section: Equatable, Sendable {
  /// Seconds that a point covers, `[time, time + width)`.
  var width: Int64
  /// Seconds that one measurement covers; equal to `width` unless `counts` are kept.
  var unit: Int64
  /// Imported: retention leaves it as it is.
  var kept: Bool
  var times: [Int64]
  /// The measured value; with `counts`, the sum of the measurements.
  var values: [Double]
  /// For points that stand for several measurements: how many, and the largest of them.
  var aggregate: Aggregate?

  struct Aggregate: Equatable, Sendable {
    var counts: [Int64]
    var maxima: [Double]
  }

  init(width: Int64, unit: Int64, kept: Bool, aggregated: Bool = false) {
    self.width = width
    self.unit = unit
    self.kept = kept
    times = []
    values = []
    aggregate = aggregated ? Aggregate(counts: [], maxima: []) : nil
  }

  /// Whether points of `other` may stand in this section.
  func isLike(_ other: Section) -> Bool {
    width == other.width && unit == other.unit && kept == other.kept
      && (aggregate == nil) == (other.aggregate == nil)
  }

  func mean(at index: Int) -> Double {
    guard let aggregate else { return values[index] }
    return values[index] / Double(aggregate.counts[index])
  }

  func largest(at index: Int) -> Double { aggregate?.maxima[index] ?? values[index] }

  func count(at index: Int) -> Int64 { aggregate?.counts[index] ?? 1 }

  /// Seconds of `[time, time + width)` that were measured.
  func coverage(at index: Int) -> Int64 {
    guard let aggregate else { return width }
    return min(width, aggregate.counts[index].multipliedReportingOverflow(by: unit).partialValue)
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
      aggregate?.counts.append(from.counts[index])
      aggregate?.maxima.append(from.maxima[index])
    }
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
