public import Control
public import Domain

/// A world to simulate and the policies to compare in it; the trace itself is given separately.
public struct Scenario: Sendable, Equatable {
  /// The length of a simulated step, in whole seconds.
  public var step: Duration = .seconds(5)
  /// How much before `from` may be learnt from; nil for all that the trace has.
  public var history: Duration?
  /// The evaluated window. Nothing later than the simulated now is ever seen by a policy.
  public var from: Timestamp
  public var to: Timestamp
  /// Requests per second that the window shall have on average, before growth and bursts.
  public var scaledMean: Double?
  public var growth: Growth = .none
  public var texture: Texture?
  public var bursts: [Burst] = []
  public var arrivals: ArrivalProcess = .fluid
  public var faults: [Fault] = []
  public var fleet = FleetModel()
  public var control = ControlTiming()
  public var objective = Objective(violation: 0.01)
  public var price: Price?
  public var policies: [PolicySpecification] = []

  public init(from: Timestamp, to: Timestamp) {
    self.from = from
    self.to = to
  }

  /// The steps of the window; a rest that fills no step is dropped.
  var grid: StepGrid {
    let length = max(0, to.seconds - from.seconds)
    return StepGrid(start: from, step: step, count: Int(length / step.wholeSeconds))
  }
}

/// Why a scenario cannot be simulated: one sentence per fault found, in the order of the file.
public struct ScenarioError: Error, Sendable, Equatable, CustomStringConvertible {
  public var sentences: [String]

  public var description: String { sentences.joined(separator: "\n") }
}
