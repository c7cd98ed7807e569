import Domain
import Forecasting

/// What came a season before, as a forecast: the highest of what came then in the same step and in
/// the two beside it, because a ramp is not bound to the minute.
///
/// Where days repeat to the minute no smoothing model beats it.
struct SeasonBefore: Sendable, Equatable {
  let seasons: Seasons
  /// The newest known mean of each step of the longest season; NaN where there was none yet.
  private var ring: [Double]
  /// The number of the longest season.
  private let season: Int

  /// Knows nothing yet.
  ///
  /// - Returns: nil without a season.
  init?(_ seasons: Seasons) {
    guard let season = seasons.lengths.firstIndex(of: seasons.longest) else { return nil }
    self.seasons = seasons
    self.season = season
    ring = Array(repeating: .nan, count: seasons.longest)
  }

  /// Takes in the mean of one step; an unknown one leaves what is older.
  mutating func advance(_ value: Double?, at positions: SeasonPositions) {
    guard let value, value.isFinite else { return }
    ring[index(positions[season])] = value
  }

  /// The forecast of a step; where nothing is known around it, the highest of the season, and 0 for a
  /// season that is unknown altogether.
  func forecast(at positions: SeasonPositions) -> Double {
    let position = positions[season]
    let around = (-1...1).map { ring[index(position + $0)] }
    return Self.highest(around) ?? Self.highest(ring) ?? 0
  }

  private func index(_ position: Int) -> Int {
    let rest = position % ring.count
    return rest < 0 ? rest + ring.count : rest
  }

  private static func highest(_ values: [Double]) -> Double? {
    values.filter { !$0.isNaN }.max()
  }
}

extension SeasonBefore {
  static let stateTag: UInt8 = 0x4e

  func writeState(to writer: inout StateWriter) {
    writer.write(tag: Self.stateTag, version: 1)
    writer.write(seasons.count)
    for length in seasons.lengths { writer.write(length) }
    writer.write(ring)
  }

  init(from reader: inout StateReader) throws(StateError) {
    try reader.read(tag: Self.stateTag, versions: 1...1)
    var lengths: [Int] = []
    for _ in 0..<(try reader.readCount(elementSize: 8)) { lengths.append(try reader.readInt()) }
    let ring = try reader.readDoubles()
    guard let seasons = Seasons(lengths), let empty = SeasonBefore(seasons),
      ring.count == seasons.longest
    else { throw .inconsistent("a season before of impossible length") }
    self = empty
    self.ring = ring
  }
}
