public import Domain

/// How far a service's forecast is believed, and why.
public struct ForecastHealth: Sendable, Equatable {
  public enum Grade: String, Sendable, CaseIterable {
    /// It decides.
    case full
    /// It may raise the fleet, not lower it.
    case blended
    /// It is left aside.
    case reactiveOnly = "reactive_only"
    /// No fit has renewed it for so long that it is left aside.
    case stale
  }

  public var grade: Grade
  /// When the newest model was handed over.
  public var fittedAt: Timestamp
  /// How often demand exceeded the quantile at `level` at the lead time, of late.
  public var exceedance: Double
  public var level: Double

  public init(grade: Grade, fittedAt: Timestamp, exceedance: Double, level: Double) {
    self.grade = grade
    self.fittedAt = fittedAt
    self.exceedance = exceedance
    self.level = level
  }
}

extension ForecastHealth {
  var json: JSON {
    [
      "grade": .string(grade.rawValue), "fitted_at": .string(fittedAt.description),
      "exceedance": .number(exceedance), "level": .number(level),
    ]
  }

  /// One line for the page.
  var sentence: String {
    let exceeded =
      "demand exceeded its \(level.percentText) % quantile in \(exceedance.percentText) % of the "
      + "steps of late"
    return switch grade {
    case .full: "The forecast decides; \(exceeded)."
    case .blended: "The forecast may raise the fleet, not lower it; \(exceeded)."
    case .reactiveOnly: "The forecast is left aside; \(exceeded)."
    case .stale: "The forecast is left aside: it was last fitted at \(fittedAt)."
    }
  }
}
