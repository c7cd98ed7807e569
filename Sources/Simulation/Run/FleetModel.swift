public import Control
import Domain

/// What a simulated fleet is made of.
public struct FleetModel: Sendable, Equatable {
  /// Requests per second at which one replica still meets its latency objective.
  public var ratePerReplica = 1.0
  /// From the order of a replica to its first request.
  public var boot: Duration = .seconds(300)
  /// Serving replicas at the start; nil for what the first step needs at 70 % utilisation.
  public var initial: Int?
  public var minimum = 1
  public var maximum = 100_000
  /// Requests that may wait; more are dropped.
  public var queueLimit = 5000.0
  public var warmPool: WarmPool = .none

  public init() {}

  /// Replicas that are kept started: they join faster and cost a fraction while they wait.
  public struct WarmPool: Sendable, Equatable {
    public var size: Int
    public var boot: Duration
    /// Of a serving replica's price.
    public var cost: Double
    /// How our own policies size it while they run; nil leaves it at `size`.
    public var standby: StandbyPolicy?

    public static let none = WarmPool(size: 0, boot: .seconds(30), cost: 0.1)

    public init(size: Int, boot: Duration, cost: Double, standby: StandbyPolicy? = nil) {
      self.size = size
      self.boot = boot
      self.cost = cost
      self.standby = standby
    }
  }

  /// Replicas that serve `rate` within the objective, at least the minimum.
  func need(for rate: Double) -> Int {
    max(minimum, replicas(for: rate / ratePerReplica))
  }
}
