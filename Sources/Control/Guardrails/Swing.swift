/// How a fleet's size went up and down: turns of a quarter of the fleet or more, smaller ones are how
/// a fleet follows its demand.
struct Swing: Sendable, Equatable {
  /// A shrink that would be a turn is made while no more turns than this lie within the window: it
  /// and the growth that may follow make four at most, in any hour.
  static let turnsBeforeShrink = 2
  /// The window, seconds: an hour, or as much of a time that runs faster.
  ///
  /// Where the longest season is shorter than a day, time is compressed, and an hour is the 168th
  /// part of what stands for the week; at least a dozen ticks.
  static func window(seasons: [Duration], interval: Duration) -> Int64 {
    guard let longest = seasons.max(), longest < .seconds(86_400) else { return 3600 }
    return min(3600, max((longest / 168).secondsRoundedUp, 12 * interval.secondsRoundedUp))
  }

  private(set) var turns = 0
  /// Whether the size was last rising; nil before it first went anywhere.
  private var isRising: Bool?
  private var highest: Int
  private var lowest: Int

  init(from size: Int) {
    highest = size
    lowest = size
  }

  /// What a size has to lose, or have gained, for that to count.
  private static func depth(of size: Int) -> Int { max(2, (size + 3) / 4) }

  /// The smallest size that is no turn downwards.
  var leastWithoutTurn: Int { isRising == true ? highest - Self.depth(of: highest) + 1 : 0 }

  mutating func add(_ size: Int) {
    highest = max(highest, size)
    lowest = min(lowest, size)
    if isRising != false, highest - size >= Self.depth(of: highest) {
      if isRising == true { turns += 1 }
      (isRising, lowest) = (false, size)
    } else if isRising != true, size - lowest >= Self.depth(of: size) {
      if isRising == false { turns += 1 }
      (isRising, highest) = (true, size)
    }
  }
}
