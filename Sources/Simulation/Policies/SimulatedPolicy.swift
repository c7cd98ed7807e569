/// A scaling policy as the simulator drives it.
public protocol SimulatedPolicy: Sendable {
  /// Steps between two decisions.
  var interval: Int { get }
  /// How many of the last observed steps it reads.
  var lookback: Int { get }
  /// The number of replicas wanted; the simulator keeps it within the fleet's bounds.
  mutating func want(_ view: ControllerView) -> Int
  /// As `want` while the metrics source does not answer: of `view` only the fleet may be read.
  mutating func wantInSilence(_ view: ControllerView) -> Int
  /// The size of the warm pool wanted after the last answer; nil leaves it as it is.
  var pool: Int? { get }
  /// Why the last answer was what it was, in a few words; empty where the policy cannot say.
  var reason: String { get }
  /// The forecast that the last answer, given at `step`, rests on; nil where there is none.
  func outlook(at step: Int) -> DemandOutlook?
}

extension SimulatedPolicy {
  /// Keeps the size, as every rival does.
  public func wantInSilence(_ view: ControllerView) -> Int { view.current }

  public var pool: Int? { nil }

  public var reason: String { "" }

  public func outlook(at step: Int) -> DemandOutlook? { nil }
}

/// A lower bound on a policy's size that comes from elsewhere, usually a forecast.
protocol ReplicaFloor: Sendable {
  /// How many of the last observed steps it reads.
  var lookback: Int { get }
  /// Replicas, not rounded.
  mutating func replicas(_ view: ControllerView) -> Double
}

/// A floor that was computed outside: one value per step, the last one kept from its end on.
struct GivenFloor: ReplicaFloor {
  let values: [Double]

  var lookback: Int { 0 }

  func replicas(_ view: ControllerView) -> Double {
    guard let last = values.last else { return 0 }
    return view.step < values.count ? values[view.step] : last
  }
}

/// The larger of two floors.
struct HigherFloor: ReplicaFloor {
  var first: any ReplicaFloor
  var second: any ReplicaFloor

  var lookback: Int { max(first.lookback, second.lookback) }

  mutating func replicas(_ view: ControllerView) -> Double {
    max(first.replicas(view), second.replicas(view))
  }
}
