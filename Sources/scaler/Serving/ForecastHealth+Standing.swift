import Control
import Daemon
import Domain
import Forecasting
import Web

extension ForecastHealth {
  init(_ standing: ForecastStanding) {
    let grade: Grade =
      switch standing.grade {
      case .full: .full
      case .blended: .blended
      case .reactiveOnly: .reactiveOnly
      case nil: .stale
      }
    self.init(
      grade: grade, fittedAt: standing.fittedAt, exceedance: standing.exceedance,
      level: ForecastStanding.level)
  }
}

extension StatusBoard.Service {
  /// What was recognised in the demand and needs a person's eye: clauses that begin a sentence.
  var findings: [String] {
    var findings: [String] = []
    if isLevelShifted {
      findings.append("Demand has been on another level than its seasons for an hour")
    }
    if let suspicion, suspicion != .recovering {
      findings.append("Nothing shrinks on this signal: \(suspicion.text)")
    }
    if standing?.grade == .reactiveOnly {
      findings.append("The forecast is left aside: it lost to what is observed")
    }
    if let standing, standing.grade == nil {
      findings.append("The forecast is left aside: it was last fitted at \(standing.fittedAt)")
    }
    return findings
  }
}
