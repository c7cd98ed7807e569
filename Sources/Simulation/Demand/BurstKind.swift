import Domain

/// What could be known of a burst beforehand, and hence who can be asked to be ready for it.
public enum BurstKind: String, Sendable, CaseIterable, Encodable {
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
  public static func kinds(of bursts: [Burst]) -> [BurstKind] {
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
}

/// How many bursts there are of each kind.
public struct BurstCounts: Sendable, Equatable, Encodable {
  public var announced: Int
  public var forecastable: Int
  public var surprise: Int

  init(_ kinds: [BurstKind]) {
    announced = kinds.count { $0 == .announced }
    forecastable = kinds.count { $0 == .forecastable }
    surprise = kinds.count { $0 == .surprise }
  }
}
