import RealModule

/// The last known values of a series, with sums that answer means and volatilities of any window
/// length in O(1).
///
/// Only known values enter: a gap closes up, so that the windows after it hold what was known before
/// it instead of zeros.
struct RecentDemand: Sendable, Equatable {
  /// Values remembered: the longest window.
  let capacity: Int
  /// Added to a value before its logarithm is taken; > 0.
  private(set) var offset: Double

  // Rings of capacity + 1: sums up to and including the value, since the last time they were rebased.
  private(set) var values: [Double]
  private(set) var sums: [Double]
  private(set) var changes: [Double]
  /// Where the newest value is.
  private(set) var newest: Int
  /// Known values held, at most `capacity`.
  private(set) var count: Int
  private(set) var lastLogarithm: Double

  init(capacity: Int, offset: Double) {
    self.capacity = capacity
    self.offset = offset
    values = Array(repeating: 0, count: capacity + 1)
    sums = values
    changes = values
    newest = 0
    count = 0
    lastLogarithm = 0
  }

  var isFull: Bool { count == capacity }

  mutating func forget() { count = 0 }

  /// Takes a new offset; logarithms of the values held are taken again.
  mutating func setOffset(_ offset: Double) {
    guard offset != self.offset else { return }
    var held: [Double] = []
    held.reserveCapacity(count)
    for age in stride(from: count - 1, through: 0, by: -1) { held.append(values[slot(age)]) }
    self = RecentDemand(capacity: capacity, offset: offset)
    for value in held { append(value, isAdjacent: true) }
  }

  /// - Parameter isAdjacent: Whether the previous step was known too; a change across a gap is no
  ///   volatility.
  mutating func append(_ value: Double, isAdjacent: Bool) {
    let logarithm = Double.log(value + offset)
    let change = isAdjacent && count > 0 ? (logarithm - lastLogarithm).magnitude : 0
    let previous = newest
    newest = newest == capacity ? 0 : newest + 1
    values[newest] = value
    sums[newest] = (count > 0 ? sums[previous] : 0) + value
    changes[newest] = (count > 0 ? changes[previous] : 0) + change
    lastLogarithm = logarithm
    count = min(count + 1, capacity)
    // Once per round the sums start again from the oldest value, so that they never grow.
    if newest == 0 { rebase() }
  }

  /// Mean of the last `length` values, or of those that there are; 0 if there are none.
  func mean(_ length: Int) -> Double {
    let held = min(length, count)
    guard held > 0 else { return 0 }
    let before = sums[newest] - sum(before: held, in: sums, first: values)
    return max(0, before / Double(held))
  }

  /// Mean absolute change of the logarithm over the last `length` values.
  func volatility(_ length: Int) -> Double {
    let held = min(length, count)
    guard held > 1 else { return 0 }
    return max(0, (changes[newest] - changes[slot(held - 1)]) / Double(held - 1))
  }

  /// Largest of the last `length` values. O(length).
  func maximum(_ length: Int) -> Double {
    let held = min(length, count)
    var largest = 0.0
    values.withUnsafeBufferPointer { values in
      let tail = min(held, newest + 1)
      for index in (newest + 1 - tail)..<(newest + 1) { largest = max(largest, values[index]) }
      let rest = held - tail
      for index in (capacity + 1 - rest)..<(capacity + 1) { largest = max(largest, values[index]) }
    }
    return largest
  }

  /// What had been summed up before the last `held` values.
  private func sum(before held: Int, in sums: [Double], first: [Double]) -> Double {
    let oldest = slot(held - 1)
    return sums[oldest] - first[oldest]
  }

  /// Where the value of that age is; 0 is the newest.
  private func slot(_ age: Int) -> Int {
    let index = newest - age
    return index < 0 ? index + capacity + 1 : index
  }

  private mutating func rebase() {
    let oldest = slot(count - 1)
    let base = sums[oldest] - values[oldest]
    let change = changes[oldest]
    for age in 0..<count {
      let index = slot(age)
      sums[index] -= base
      changes[index] -= change
    }
  }
}

extension RecentDemand {
  func writeState(to writer: inout StateWriter) {
    writer.write(capacity)
    writer.write(offset)
    writer.write(values)
    writer.write(sums)
    writer.write(changes)
    writer.write(newest)
    writer.write(count)
    writer.write(lastLogarithm)
  }

  init(from reader: inout StateReader) throws(StateError) {
    capacity = try reader.readInt()
    offset = try reader.readDouble()
    values = try reader.readDoubles()
    sums = try reader.readDoubles()
    changes = try reader.readDoubles()
    newest = try reader.readInt()
    count = try reader.readInt()
    lastLogarithm = try reader.readDouble()
    guard capacity > 0, capacity <= LeadScales.maximum, values.count == capacity + 1,
      sums.count == values.count, changes.count == values.count,
      (0...capacity).contains(newest), (0...capacity).contains(count), offset > 0,
      offset.isFinite, lastLogarithm.isFinite, values.allSatisfy({ $0.isFinite && $0 >= 0 }),
      sums.allSatisfy(\.isFinite), changes.allSatisfy(\.isFinite)
    else { throw .inconsistent("the recent demand is not finite or of another length") }
  }
}
