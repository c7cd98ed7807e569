import Control
import Domain

extension AutoscalerPolicy {
  /// The forecast in the newest decision's reasons, lifted by the announced event that it counted in.
  func outlook(at step: Int) -> DemandOutlook? {
    var outlook: DemandOutlook?
    for rule in autoscaler.lastProposal?.trail ?? [] {
      switch rule {
      case .forecast(_, let rate, let level, _, let median):
        outlook = DemandOutlook(step: step, median: median, upper: rate, level: level)
      case .event(_, let replicas):
        guard let plain = outlook, plain.upper > 0 else { continue }
        let lifted = Double(replicas) * autoscaler.policy.fleet.ratePerReplica
        outlook?.median = plain.median * lifted / plain.upper
        outlook?.upper = lifted
      default: continue
      }
    }
    return outlook
  }
}
