import Control
import Daemon
import Domain
import Web

extension StatusBoard.Service {
  /// What is configured beside what was measured.
  func times(of policy: ServicePolicy) -> MeasuredTimes {
    let now = observation?.time ?? .earliest
    return MeasuredTimes(
      boot: policy.fleet.boot, bootMedian: boots.quantile(0.5, at: now),
      bootUpper: boots.quantile(0.95, at: now), boots: boots.count,
      lag: lagInForce ?? policy.timing.lag, measuredLag: lag)
  }
}
