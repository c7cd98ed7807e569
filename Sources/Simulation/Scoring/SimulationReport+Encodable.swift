import Control
import Domain

/// `format_version` 1: it may gain fields and never loses or renames one.
extension SimulationReport: Encodable {
  private enum Key: String, CodingKey {
    case formatVersion = "format_version"
    case scenario, policies, best, thresholds, standby, growth
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(1, forKey: .formatVersion)
    try container.encode(summary, forKey: .scenario)
    try container.encode(outcomes, forKey: .policies)
    try container.encode(best?.name, forKey: .best)
    try container.encode(thresholds, forKey: .thresholds)
    try container.encodeIfPresent(standby, forKey: .standby)
    try container.encodeIfPresent(growth, forKey: .growth)
  }
}

/// The world in which policies were compared, as far as a reader of the result needs it.
public struct ScenarioSummary: Sendable, Equatable, Encodable {
  /// RFC 3339.
  public var from: String
  public var to: String
  public var stepSeconds: Double
  public var steps: Int
  /// Mean and peak of the true rate, growth and bursts included; requests per second.
  public var meanRate: Double
  public var peakRate: Double
  /// What the trace was multiplied with.
  public var scale: Double
  public var ratePerReplica: Double
  public var bootSeconds: Double
  public var warmPool: Int
  public var intervalSeconds: Double
  public var lagSeconds: Double
  public var sloWaitSeconds: Double
  public var violationObjective: Double
  public var bursts: Int
  /// The bursts by what could be known of them.
  public var burstKinds: BurstCounts
  public var faults: Int
  public var oracleReplicaHours: Double

  private enum CodingKeys: String, CodingKey {
    case from, to, steps, scale, bursts, faults
    case burstKinds = "burst_kinds"
    case stepSeconds = "step_seconds"
    case meanRate = "mean_rate"
    case peakRate = "peak_rate"
    case ratePerReplica = "rate_per_replica"
    case bootSeconds = "boot_seconds"
    case warmPool = "warm_pool"
    case intervalSeconds = "interval_seconds"
    case lagSeconds = "lag_seconds"
    case sloWaitSeconds = "slo_wait_seconds"
    case violationObjective = "violation_objective"
    case oracleReplicaHours = "oracle_replica_hours"
  }

  public init(_ world: SimulatedWorld) {
    let grid = world.grid
    from = grid.time(at: 0).description
    to = grid.time(at: grid.count).description
    stepSeconds = grid.dt
    steps = grid.count
    meanRate = world.meanRate
    peakRate = world.peakRate
    scale = world.demand.scale
    ratePerReplica = world.fleet.ratePerReplica
    bootSeconds = world.fleet.boot.inSeconds
    warmPool = world.fleet.warmPool.size
    intervalSeconds = world.control.interval.inSeconds
    lagSeconds = world.control.lag.inSeconds
    sloWaitSeconds = world.slo
    violationObjective = world.objective.violation
    bursts = world.bursts.count
    burstKinds = BurstCounts(BurstKind.kinds(of: world.burstsInOrder))
    faults = world.faults.count
    oracleReplicaHours = world.oracleSeconds / 3600
  }
}
