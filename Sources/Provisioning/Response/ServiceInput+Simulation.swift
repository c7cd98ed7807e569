import Control
import Domain
import Simulation

extension ServiceInput {
  /// The unrest within an interval that a coarse history cannot show.
  static let texture = Texture(deviation: 0.05, memory: .seconds(600), seed: 77)
  /// Histories with a longer step than this are too coarse to show it.
  static let fineStep: Duration = .seconds(300)

  /// The service in a simulated window of a trace, with everything before the window to learn from.
  ///
  /// - Parameter instance: In place of the service's own replicas.
  func scenario(
    from: Timestamp, to: Timestamp, instance: InstanceType? = nil, maximum: Int? = nil
  ) -> Scenario {
    var scenario = Scenario(from: from, to: to)
    let step = min(policy.timing.interval.wholeSeconds, 30)
    scenario.step = .seconds(max(1, step))
    scenario.history = policy.forecast.history
    scenario.texture = history.step > Self.fineStep ? Self.texture : nil
    scenario.fleet.ratePerReplica = instance?.ratePerInstance ?? policy.fleet.ratePerReplica
    scenario.fleet.boot = whole(instance?.boot ?? policy.fleet.boot, step: step)
    scenario.fleet.minimum = policy.fleet.min
    scenario.fleet.maximum = max(policy.fleet.min, maximum ?? replicaLimit)
    scenario.fleet.queueLimit = policy.fleet.queueLimit ?? 1e9
    scenario.control = ControlTiming(
      interval: whole(policy.timing.interval, step: step),
      lag: whole(policy.timing.lag, step: step))
    scenario.objective = policy.objective
    scenario.price = policy.price
    if let instance, let price = policy.price {
      scenario.price = Price(perReplicaHour: instance.pricePerHour, currency: price.currency)
    }
    return scenario
  }

  /// Our policy with the service's own settings.
  func ownPolicy(scaling: ScalingPolicy? = nil) -> PolicySpecification {
    var specification = PolicySpecification(name: "hybrid", kind: .hybrid)
    specification.scaling = scaling ?? policy.scaling
    specification.forecast = policy.forecast
    return specification
  }

  /// The most replicas that bounds and downstream limits allow.
  var replicaLimit: Int {
    policy.downstream.reduce(policy.fleet.max) { limit, downstream in
      guard downstream.perReplica > 0, downstream.limit >= 0 else { return limit }
      let allowed = min(downstream.limit / downstream.perReplica, 1e7)
      return min(limit, Int(allowed.rounded(.down)))
    }
  }

  /// Rounded up to whole steps, as the simulator wants it.
  private func whole(_ duration: Duration, step: Int64) -> Duration {
    let width = max(1, step)
    let seconds = max(0, duration.wholeSeconds)
    return .seconds((seconds + width - 1) / width * width)
  }
}
