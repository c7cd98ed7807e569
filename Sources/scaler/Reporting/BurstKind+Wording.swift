import Simulation

extension BurstKind {
  /// At the beginning of a heading.
  var title: String {
    switch self {
    case .announced: "Announced"
    case .forecastable: "Forecastable"
    case .surprise: "Surprise"
    }
  }

  /// What the kind means.
  var sentence: String {
    switch self {
    case .announced: "In the calendar: the fleet can be ready at the first minute."
    case .forecastable:
      "Not in the calendar, but one began at the same time of day before: a forecast can see it."
    case .surprise: "Nothing foretold it: only spare capacity or a fast start helps."
    }
  }
}
