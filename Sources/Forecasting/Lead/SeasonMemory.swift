/// What a series did at the same place of each season the last time round: mean and maximum of bins
/// of about a 288th of the shortest season (five minutes of a day).
///
/// A bin is replaced when it is left, so that until then it still tells of the last time; a bin in
/// which nothing was known keeps what it had.
struct SeasonMemory: Sendable, Equatable {
  /// Bins that the shortest season is cut into, if it is long enough.
  static let binsPerShortestSeason = 288
  /// Bins of one season at most; a longer one has wider bins.
  static let maximumBins = 2048

  let seasons: Seasons
  private(set) var rings: [SeasonRing]

  init(_ seasons: Seasons) {
    self.seasons = seasons
    let width = max(1, seasons.shortest / Self.binsPerShortestSeason)
    rings = seasons.lengths.map { SeasonRing(length: $0, width: width) }
  }

  mutating func append(_ value: Double, at positions: SeasonPositions) {
    for season in rings.indices {
      rings[season].append(value, at: seasons.index(of: positions, in: season))
    }
  }

  /// The largest value that the season had at `steps` after `positions`, a bin's width to either
  /// side; nil if that part of it was never seen.
  func maximum(season: Int, steps: ClosedRange<Int>, after positions: SeasonPositions) -> Double? {
    rings[season].maximum(steps: steps, after: seasons.index(of: positions, in: season))
  }

  /// Reads the rings that were written one after the other.
  mutating func readState(from reader: inout StateReader) throws(StateError) {
    for season in rings.indices { try rings[season].readState(from: &reader) }
  }

  /// The mean over all seasons that were seen at this place; nil if none was.
  func expected(at positions: SeasonPositions) -> Double? {
    var sum = 0.0
    var seen = 0
    for season in rings.indices {
      guard let mean = rings[season].mean(at: seasons.index(of: positions, in: season)) else {
        continue
      }
      sum += mean
      seen += 1
    }
    return seen > 0 ? sum / Double(seen) : nil
  }
}

/// One season's bins, in single precision: they are features, and a week of them has to stay small.
struct SeasonRing: Sendable, Equatable {
  let length: Int
  let width: Int
  /// −1 where nothing was ever known.
  private(set) var maxima: [Float]
  private(set) var means: [Float]
  /// The bin being filled, −1 before the first value.
  private(set) var open = -1
  private(set) var openMaximum = 0.0
  private(set) var openSum = 0.0
  private(set) var openCount = 0

  init(length: Int, width: Int) {
    self.length = length
    let bounded = (length + SeasonMemory.maximumBins - 1) / SeasonMemory.maximumBins
    self.width = max(width, bounded)
    let bins = (length + self.width - 1) / self.width
    maxima = Array(repeating: -1, count: bins)
    means = maxima
  }

  mutating func append(_ value: Double, at index: Int) {
    let bin = index / width
    if bin != open {
      close()
      open = bin
    }
    openMaximum = max(openMaximum, value)
    openSum += value
    openCount += 1
  }

  private mutating func close() {
    if open >= 0, openCount > 0 {
      maxima[open] = Float(openMaximum)
      means[open] = Float(openSum / Double(openCount))
    }
    openMaximum = 0
    openSum = 0
    openCount = 0
  }

  func mean(at index: Int) -> Double? {
    let mean = means[index / width]
    return mean >= 0 ? Double(mean) : nil
  }

  func maximum(steps: ClosedRange<Int>, after index: Int) -> Double? {
    // Bins before the present one already tell of this time round.
    let from = max(index, index + 1 + steps.lowerBound - width)
    let to = index + 1 + steps.upperBound + width
    guard to - from < length else { return nil }
    var largest: Float = -1
    var at = from
    while true {
      largest = max(largest, maxima[(at % length) / width])
      if at >= to { break }
      at = min(at + width, to)
    }
    return largest >= 0 ? Double(largest) : nil
  }

  func writeState(to writer: inout StateWriter) {
    writer.write(maxima.count)
    for bin in maxima.indices {
      writer.write(single: maxima[bin])
      writer.write(single: means[bin])
    }
    writer.write(open)
    writer.write(openMaximum)
    writer.write(openSum)
    writer.write(openCount)
  }

  /// Reads what was written of a ring of the same length and width.
  mutating func readState(from reader: inout StateReader) throws(StateError) {
    let count = try reader.readCount(elementSize: 8)
    guard count == maxima.count else { throw .inconsistent("the season's bins do not fit it") }
    for bin in maxima.indices {
      maxima[bin] = try reader.readSingle()
      means[bin] = try reader.readSingle()
    }
    open = try reader.readInt()
    openMaximum = try reader.readDouble()
    openSum = try reader.readDouble()
    openCount = try reader.readInt()
    guard maxima.allSatisfy(\.isFinite), means.allSatisfy(\.isFinite), openMaximum.isFinite,
      openSum.isFinite, (-1..<count).contains(open), openCount >= 0
    else { throw .inconsistent("a season's bin is not finite") }
  }
}

extension StateWriter {
  /// Four bytes, the bit pattern.
  fileprivate mutating func write(single value: Float) {
    for shift in stride(from: UInt32(0), to: 32, by: 8) {
      write(byte: UInt8(truncatingIfNeeded: value.bitPattern >> shift))
    }
  }
}

extension StateReader {
  fileprivate mutating func readSingle() throws(StateError) -> Float {
    var word: UInt32 = 0
    for shift in stride(from: UInt32(0), to: 32, by: 8) { word |= UInt32(try readByte()) << shift }
    return Float(bitPattern: word)
  }
}
