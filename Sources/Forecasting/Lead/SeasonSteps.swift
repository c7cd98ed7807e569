/// The largest value of a season at each of its steps the last time round, as finely as up to 1440
/// bins allow (a minute of a day): where a step at opening time is placed to the minute, which the
/// bins of a `SeasonRing` smear over five.
///
/// What the present bin had the last time round is kept until the bin is left.
struct SeasonSteps: Sendable, Equatable {
  /// Bins at most; a longer season has wider ones.
  static let maximumBins = 1440

  let length: Int
  let width: Int
  /// −1 where nothing was ever known.
  private(set) var values: [Float]
  /// The bin being filled, −1 before the first value.
  private(set) var open = -1
  /// What the bin being filled had the last time round.
  private(set) var replaced: Float = -1

  init(length: Int) {
    self.length = length
    width = max(1, (length + Self.maximumBins - 1) / Self.maximumBins)
    values = Array(repeating: -1, count: (length + width - 1) / width)
  }

  mutating func append(_ value: Double, at index: Int) {
    let bin = index / width
    if bin == open {
      values[bin] = max(values[bin], Float(value))
    } else {
      open = bin
      replaced = values[bin]
      values[bin] = Float(value)
    }
  }

  /// What the season had there the last time round; nil if that was never known.
  func last(at index: Int) -> Double? {
    let bin = index / width
    let value = bin == open ? replaced : values[bin]
    return value >= 0 ? Double(value) : nil
  }
}

extension SeasonSteps {
  func writeState(to writer: inout StateWriter) {
    writer.write(values.count)
    for value in values { writer.write(single: value) }
    writer.write(open)
    writer.write(single: replaced)
  }

  /// Reads what was written of a season of the same length.
  mutating func readState(from reader: inout StateReader) throws(StateError) {
    let count = try reader.readCount(elementSize: 4)
    guard count == values.count else { throw .inconsistent("the season's steps do not fit it") }
    for bin in values.indices { values[bin] = try reader.readSingle() }
    open = try reader.readInt()
    replaced = try reader.readSingle()
    guard values.allSatisfy(\.isFinite), replaced.isFinite, (-1..<count).contains(open) else {
      throw .inconsistent("a season's step is not finite")
    }
  }
}
