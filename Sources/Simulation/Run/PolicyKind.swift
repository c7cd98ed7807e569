/// The policies that a simulation can compare, by the names of the scenario file.
public enum PolicyKind: String, Sendable, CaseIterable, Codable {
  case hybrid, reactive, predictive
  case `static`
  case hpaCPU = "hpa-cpu"
  case hpaRPS = "hpa-rps"
  case targetTracking = "target-tracking"
  case awsPredictive = "aws-predictive"
  case phpa
  case phpaAsShipped = "phpa-as-shipped"
  case crane
  case kedaQueue = "keda-queue"
  case kpa
  case referenceHybrid = "reference-hybrid"
  case perfect
  case oracle
  case oracleBudget = "oracle-budget"

  /// Whether it is our own decision core.
  public var isOurs: Bool { self == .hybrid || self == .reactive || self == .predictive }

  /// Whether it knows the future and so is a limit, not a policy that could be run.
  public var isLimit: Bool { self == .perfect || self == .oracle || self == .oracleBudget }

  /// One sentence for people who choose.
  public var summary: String {
    switch self {
    case .hybrid: "what `serve` runs: forecast, observed rate and queue together"
    case .reactive: "ours without the forecast"
    case .predictive: "ours without the reaction to rate and queue"
    case .static: "a constant size; by default 1.2 times the peak of history"
    case .hpaCPU: "Kubernetes HPA v2 on CPU utilisation"
    case .hpaRPS: "Kubernetes HPA v2 on requests per second and replica"
    case .targetTracking: "AWS target tracking on one-minute utilisation"
    case .awsPredictive: "AWS predictive scaling (hourly profile) with target tracking"
    case .phpa: "predictive HPA as meant: Holt-Winters over the boot time and HPA"
    case .phpaAsShipped: "predictive HPA as shipped, its reversed history included"
    case .crane: "crane: the strongest harmonics of two weeks and HPA"
    case .kedaQueue: "KEDA's queue trigger: messages per replica through HPA"
    case .kpa: "Knative's autoscaler with its panic window, on requests per second"
    case .referenceHybrid: "a published hybrid law on a floor that you give"
    case .perfect: "limit: that law with a perfect forecast"
    case .oracle: "limit: the least cost at which no request ever waits"
    case .oracleBudget: "limit: the least cost within the objective's violation budget"
    }
  }
}
