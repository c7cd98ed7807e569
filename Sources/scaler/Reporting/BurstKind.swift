import Domain
import Simulation

/// What could be known of a burst beforehand, and hence who can be asked to be ready for it.
enum BurstKind: String, Sendable, CaseIterable {
  /// In the calendar: the fleet can be ready at its first minute.
  case announced
  /// Not in the calendar, but one like it began at the same time of day before: a seasonal forecast
  /// can see it.
  case forecastable
  /// Nothing foretold it: whoever has no spare capacity has to see it first.
  case surprise

  /// How far two beginnings may differ and still be the same time of day.
  private static let tolerance: Duration = .seconds(300)

  /// - Parameter bursts: in the order of their start.
  static func kinds(of bursts: [Burst]) -> [BurstKind] {
    bursts.enumerated().map { index, burst in
      if burst.isAnnounced { return .announced }
      let recurs = bursts[..<index].contains { earlier in
        let day = 86_400.0
        let gap = burst.start.inSeconds - earlier.start.inSeconds
        let days = (gap / day).rounded()
        return days >= 1 && abs(gap - days * day) <= tolerance.inSeconds
      }
      return recurs ? .forecastable : .surprise
    }
  }

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
