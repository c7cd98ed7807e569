/// A model that takes part in the race.
enum Candidate: Sendable, Equatable, CaseIterable {
  case holtWintersLogarithm
  case holtWintersSquareRoot
  case holtWinters
  case autoregressionLogarithm
  case direct
  case nearestDays
  case naiveLongest
  case naiveShortest

  var name: String {
    switch self {
    case .holtWintersLogarithm: "holt-winters-log"
    case .holtWintersSquareRoot: "holt-winters-sqrt"
    case .holtWinters: "holt-winters"
    case .autoregressionLogarithm: "autoregression-log"
    case .direct: "direct-log"
    case .nearestDays: "nearest-days"
    case .naiveLongest: "seasonal-naive-long"
    case .naiveShortest: "seasonal-naive"
    }
  }

  /// Whether it only repeats the past: the measure of the others.
  var isNaive: Bool { self == .naiveLongest || self == .naiveShortest }

  /// The candidates for so many seasons. Without a season there is nothing for the direct regression
  /// to start from and there are no days, and with one there is one seasonal naive.
  static func racing(seasons: Seasons) -> [Candidate] {
    allCases.filter {
      switch $0 {
      case .direct, .nearestDays: seasons.count > 0
      case .naiveLongest: seasons.longest > seasons.shortest
      default: true
      }
    }
  }
}
