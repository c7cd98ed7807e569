/// The seasonal periods of a series, in steps: `[288, 2016]` is a day and a week of five minutes.
/// Periods need not be nested in each other; none at all is allowed.
public struct Seasons: Sendable, Equatable {
  /// No season: a model with this has a level and a trend only.
  public static let none = Seasons(checked: [])
  /// The most periods that a model can have.
  public static let maximumCount = SeasonPositions.capacity
  /// The most steps that all periods may have together.
  public static let maximumSteps = 1 << 20

  /// The periods in steps, in the order given.
  public let lengths: [Int]
  /// Steps of all periods together.
  public let totalLength: Int

  /// - Returns: nil if there are more than `maximumCount` periods, one is shorter than 2 steps, or together
  ///   they exceed `maximumSteps`.
  public init?(_ lengths: [Int]) {
    guard lengths.count <= Self.maximumCount,
      lengths.allSatisfy({ (2...Self.maximumSteps).contains($0) }),
      lengths.reduce(0, +) <= Self.maximumSteps
    else { return nil }
    self.init(checked: lengths)
  }

  private init(checked lengths: [Int]) {
    self.lengths = lengths
    totalLength = lengths.reduce(0, +)
  }

  public var count: Int { lengths.count }

  /// The longest period in steps, 0 if there is none.
  public var longest: Int { lengths.max() ?? 0 }

  /// The shortest period in steps, 0 if there is none.
  public var shortest: Int { lengths.min() ?? 0 }

  /// Positions of a step when every season was at its index 0 at step 0 and no step was ever
  /// skipped; negative steps lie before it.
  public func positions(ofStep step: Int) -> SeasonPositions {
    var positions = SeasonPositions()
    for (season, length) in lengths.enumerated() {
      let remainder = step % length
      positions[season] = remainder < 0 ? remainder + length : remainder
    }
    return positions
  }

  /// Positions of the step that follows evenly.
  public func positions(after positions: SeasonPositions) -> SeasonPositions {
    var next = positions
    for season in 0..<lengths.count {
      let index = positions[season] + 1
      next[season] = index >= lengths[season] ? 0 : index
    }
    return next
  }

  /// The position in one season's ring: itself, or wrapped into it when the caller's index is
  /// outside.
  func index(of positions: SeasonPositions, in season: Int) -> Int {
    let index = positions[season]
    let length = lengths[season]
    if index >= 0, index < length { return index }
    let remainder = index % length
    return remainder < 0 ? remainder + length : remainder
  }
}
