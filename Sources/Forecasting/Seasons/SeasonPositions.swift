/// Where a step lies in each season: one index per season, in the order of `Seasons.lengths`.
///
/// The caller derives it from its own calendar, so a day of 23 or 25 hours is a jump, not an error.
/// Stored inline (16 bytes): making and passing one allocates nothing.
public struct SeasonPositions: Sendable, Equatable {
  /// The most seasons that a model can have.
  static let capacity = 4

  private var indices: SIMD4<Int32>

  /// - Parameter indices: One per season, from 0; those after the fourth are ignored, missing ones
  ///   are 0, and those that no season can hold are clamped to `Int32`.
  public init(_ indices: [Int] = []) {
    self.indices = .zero
    for (season, index) in indices.prefix(Self.capacity).enumerated() {
      self.indices[season] = Int32(clamping: index)
    }
  }

  /// The index in the season of that number; `season` must be in 0 ..< 4.
  public subscript(season: Int) -> Int {
    get { Int(indices[season]) }
    set { indices[season] = Int32(clamping: newValue) }
  }
}
