import RealModule

/// Sorted sizes of residuals: of all of them, and of those near each place of the horizon.
struct ResidualSizes: Sendable, Equatable {
  private let near: [[Double]]
  private let stepsPerPlace: Int
  private let all: [Double]

  /// Places of the horizon with sizes of their own, at most.
  static let places = 96
  /// The part that the sizes nearby have in a quantile.
  static let nearPart = 0.8

  /// - Parameter sizes: Per window and horizon, NaN where unknown.
  init(_ sizes: [[Double]], horizon: Int) {
    let reach = Self.reach(horizon: horizon)
    stepsPerPlace = max(1, (horizon + Self.places - 1) / Self.places)
    near = stride(from: stepsPerPlace / 2, to: max(1, horizon), by: stepsPerPlace).map {
      Self.sorted(sizes, around: $0, reach: reach)
    }
    all = Self.sorted(sizes, around: 0, reach: horizon)
  }

  /// Steps to either side that are near.
  static func reach(horizon: Int) -> Int { max(1, horizon / 16) }

  /// Size that a share of outcomes stays within; 0 for no share, or if nothing is known.
  func quantile(_ share: Double, horizon: Int) -> Double {
    let place = min(horizon / stepsPerPlace, near.count - 1)
    let nearby = place >= 0 && near[place].count > 1 ? near[place] : all
    return Self.nearPart * Self.quantile(share, nearby)
      + (1 - Self.nearPart) * Self.quantile(share, all)
  }

  /// The quantile of sizes with 0 as the smallest, so that no share is no distance. Beyond the last
  /// of n sizes, whose share is n / (n + 1), it grows as an exponential tail does.
  static func quantile(_ share: Double, _ sizes: [Double]) -> Double {
    guard let last = sizes.last else { return 0 }
    let position = share * Double(sizes.count + 1)
    let below = Int(position)
    if below >= sizes.count {
      let rest = Double(sizes.count + 1) * (1 - min(share, 0.9999))
      let tail = last - sizes[sizes.count * 3 / 4]
      return last + tail * max(0, -Double.log(rest)) / Double.log(4)
    }
    let low = below == 0 ? 0 : sizes[below - 1]
    return low + (position - Double(below)) * (sizes[below] - low)
  }

  static func sorted(_ sizes: [[Double]], around horizon: Int, reach: Int) -> [Double] {
    var near: [Double] = []
    for window in sizes {
      let from = max(0, horizon - reach)
      for index in stride(from: from, to: min(window.count, horizon + reach + 1), by: 1)
      where window[index].isFinite {
        near.append(window[index])
      }
    }
    return near.sorted()
  }
}
