import Control
import Domain
import Forecasting

/// What is recognised of a service's demand and its forecast, of which an operator is told when it
/// changes.
struct ForecastSigns: Sendable, Equatable {
  let standing: ForecastStanding?
  let isLevelShifted: Bool
  let suspicion: Rule.Suspicion?

  init(_ autoscaler: Autoscaler) {
    standing = autoscaler.standing
    isLevelShifted = autoscaler.isLevelShifted
    suspicion = autoscaler.suspicion
  }

  /// One line for each change.
  func changes(since before: ForecastSigns?) -> [String] {
    var lines: [String] = []
    if let standing, before?.standing.map({ $0.grade == standing.grade }) != true {
      let exceeded =
        "demand exceeded the \(ForecastStanding.level.percentText) % quantile in "
        + "\(standing.exceedance.percentText) % of the steps lately"
      switch standing.grade {
      case .full: lines.append("the forecast decides; \(exceeded)")
      case .blended: lines.append("the forecast may raise the fleet, not lower it; \(exceeded)")
      case .reactiveOnly: lines.append("the forecast is left aside; \(exceeded)")
      case nil: lines.append("the forecast of \(standing.fittedAt) is too old and left aside")
      }
    }
    if isLevelShifted != (before?.isLevelShifted ?? false) {
      lines.append(
        isLevelShifted
          ? "demand has been on another level than its seasons for an hour"
          : "demand is back on the level of its seasons")
    }
    // A signal that has just come back is no finding.
    if let suspicion, suspicion != .recovering, suspicion != before?.suspicion {
      lines.append("\(suspicion.text): it raises the fleet, and does not lower it")
    }
    return lines
  }
}
