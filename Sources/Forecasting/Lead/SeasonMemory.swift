import RealModule

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

  /// The season before jumps where it rises by more than this factor from now to the lead; less is
  /// for the regression to judge.
  static let smallestJump = 1.5

  let seasons: Seasons
  private(set) var rings: [SeasonRing]
  /// The shortest season step by step; nil without one.
  private(set) var steps: SeasonSteps?
  private let shortest: Int?

  init(_ seasons: Seasons) {
    self.seasons = seasons
    let width = max(1, seasons.shortest / Self.binsPerShortestSeason)
    rings = seasons.lengths.map { SeasonRing(length: $0, width: width) }
    shortest = seasons.lengths.firstIndex(of: seasons.shortest)
    steps = shortest == nil ? nil : SeasonSteps(length: seasons.shortest)
  }

  mutating func append(_ value: Double, at positions: SeasonPositions) {
    for season in rings.indices {
      rings[season].append(value, at: seasons.index(of: positions, in: season))
    }
    if let shortest { steps?.append(value, at: seasons.index(of: positions, in: shortest)) }
  }

  /// The largest value that the season had at `steps` after `positions`, a bin's width to either
  /// side; nil if that part of it was never seen.
  func maximum(season: Int, steps: ClosedRange<Int>, after positions: SeasonPositions) -> Double? {
    rings[season].maximum(steps: steps, after: seasons.index(of: positions, in: season))
  }

  /// The logarithm of the largest jump that a season made from this place to the lead's the last
  /// time round; 0 where none was large enough to be one.
  func jump(to lead: ClosedRange<Int>, after positions: SeasonPositions, offset: Double) -> Double {
    var largest = Self.smallestJump
    for season in rings.indices {
      let index = seasons.index(of: positions, in: season)
      guard lead.upperBound + 1 < rings[season].length, let now = last(at: index, in: season) else {
        continue
      }
      for step in lead {
        let place = (index + 1 + step) % rings[season].length
        guard let then = last(at: place, in: season) else { continue }
        largest = max(largest, (then + offset) / (now + offset))
      }
    }
    return largest > Self.smallestJump ? Double.log(largest) : 0
  }

  private func last(at index: Int, in season: Int) -> Double? {
    season == shortest ? steps?.last(at: index) : rings[season].largest(at: index)
  }

  func writeState(to writer: inout StateWriter) {
    for ring in rings { ring.writeState(to: &writer) }
    steps?.writeState(to: &writer)
  }

  /// Reads what was written of the same seasons.
  mutating func readState(from reader: inout StateReader) throws(StateError) {
    for season in rings.indices { try rings[season].readState(from: &reader) }
    try steps?.readState(from: &reader)
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

  func largest(at index: Int) -> Double? {
    let largest = maxima[index / width]
    return largest >= 0 ? Double(largest) : nil
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
  mutating func write(single value: Float) {
    for shift in stride(from: UInt32(0), to: 32, by: 8) {
      write(byte: UInt8(truncatingIfNeeded: value.bitPattern >> shift))
    }
  }
}

extension StateReader {
  mutating func readSingle() throws(StateError) -> Float {
    var word: UInt32 = 0
    for shift in stride(from: UInt32(0), to: 32, by: 8) { word |= UInt32(try readByte()) << shift }
    return Float(bitPattern: word)
  }
}
