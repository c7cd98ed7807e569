import Adapters
import Control
import Domain
import Foundation
import Simulation

/// A scenario with its trace, from a file or from flags.
struct ScenarioFile {
  var name: String
  var scenario: Scenario
  var trace: TimeSeries

  static let keys = [
    "trace", "step", "history", "evaluate", "scale", "growth", "texture", "bursts", "arrivals",
    "faults", "fleet", "control", "objective", "price", "policies",
  ]

  /// - Parameter growth: Instead of the file's.
  init(path: String, growth: Double? = nil) throws {
    let document = try YAMLDocument(path: path)
    let section = try document.root.section(Self.keys)
    let traceField = try section.required("trace")
    let traceFile = ServeConfiguration.path(try traceField.text(), relativeTo: path)
    trace = try Self.trace(at: traceFile)
    name = URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
    let window = try section.required("evaluate").section(["from", "to"])
    var scenario = Scenario(
      from: try window.required("from").timestamp(), to: try window.required("to").timestamp())
    if let step = try section["step"]?.wholeSeconds() { scenario.step = step }
    scenario.history = try section["history"]?.wholeSeconds()
    scenario.scaledMean = try section["scale"]?.section(["mean"]).required("mean").number(above: 0)
    if let field = section["growth"] { scenario.growth = try Growth(field) }
    if let growth { scenario.growth = Growth(constant: growth) }
    if let texture = try section["texture"]?.section(["sd", "tau", "seed"]) {
      scenario.texture = Texture(
        deviation: try texture.required("sd").number(in: 0...10),
        memory: try texture.required("tau").wholeSeconds(),
        seed: try texture["seed"]?.seed() ?? 1)
    }
    scenario.bursts = try section["bursts"]?.list().map(Burst.init) ?? []
    if let arrivals = section["arrivals"] { scenario.arrivals = try ArrivalProcess(arrivals) }
    scenario.faults = try section["faults"]?.list().map(Fault.init) ?? []
    if let fleet = section["fleet"] { scenario.fleet = try FleetModel(fleet) }
    if let control = section["control"] { scenario.control = try ControlTiming(field: control) }
    if let field = section["objective"] {
      scenario.objective = try Objective(field: field, violation: 0.01)
    }
    scenario.price = try section["price"].map(Price.init(field:))
    scenario.policies =
      try section["policies"]?.named().map {
        try PolicySpecification($0.name, $0.field, relativeTo: path)
      } ?? []
    self.scenario = scenario
  }

  /// A scenario from a trace and a service file: the last half of the trace, at most two weeks, is
  /// evaluated; what lies before may be learnt from.
  init(trace path: String, service: String, growth: Double?) throws {
    trace = try Self.trace(at: path)
    name = URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
    let policy = try ServiceConfiguration(YAMLDocument(path: service).root).policy
    let step = Duration.seconds(5)
    let half = Duration.seconds(trace.end.since(trace.start).wholeSeconds / 2)
    let length = min(half, .seconds(14 * 86_400))
    var scenario = Scenario(
      from: (trace.end - length).floored(to: step), to: trace.end.floored(to: step))
    scenario.step = step
    if let growth { scenario.growth = Growth(constant: growth) }
    scenario.fleet.ratePerReplica = policy.fleet.ratePerReplica
    scenario.fleet.boot = policy.fleet.boot
    scenario.fleet.minimum = policy.fleet.min
    scenario.fleet.maximum = policy.fleet.max
    scenario.fleet.queueLimit = policy.fleet.queueLimit ?? scenario.fleet.queueLimit
    scenario.fleet.warmPool = FleetModel.WarmPool(
      size: 0, boot: policy.fleet.warmBoot, cost: policy.fleet.standby?.cost ?? 0.1,
      standby: policy.fleet.standby)
    scenario.control = policy.timing
    scenario.objective = policy.objective
    scenario.price = policy.price
    var hybrid = PolicySpecification(name: "hybrid", kind: .hybrid)
    hybrid.scaling = policy.scaling
    hybrid.forecast = policy.forecast
    scenario.policies = [hybrid]
    self.scenario = scenario
  }

  private static func trace(at path: String) throws -> TimeSeries {
    let file = try SeriesFile(path: path)
    guard let series = file.only else {
      throw CommandFailure(
        status: .badInput,
        message: "\(path) holds \(file.series.count) series; a scenario plays one")
    }
    guard series.rate.knownCount > 0 else {
      throw CommandFailure(status: .badInput, message: "\(path) holds no known rate")
    }
    return series.rate
  }

  /// Chooses policies by name or kind: those of the scenario, any kind with its defaults, or all.
  mutating func select(_ names: [String]) throws {
    guard !names.isEmpty else {
      if scenario.policies.isEmpty { scenario.policies = Self.defaults }
      return
    }
    if names == ["all"] {
      let known = Set(scenario.policies.map(\.kind))
      scenario.policies += PolicyKind.allCases.filter { !known.contains($0) }
        .filter { $0 != .referenceHybrid }
        .map { PolicySpecification(name: $0.rawValue, kind: $0) }
      return
    }
    let configured = scenario.policies
    scenario.policies = try names.map { name in
      if let known = configured.first(where: { $0.name == name }) { return known }
      if let kind = PolicyKind(rawValue: name) {
        return PolicySpecification(name: name, kind: kind)
      }
      let known = configured.map(\.name) + PolicyKind.allCases.map(\.rawValue)
      let nearest = known.nearest(to: name).map { "; did you mean `\($0)`?" } ?? ""
      throw CommandFailure(status: .usage, message: "there is no policy `\(name)`\(nearest)")
    }
  }

  private static let defaults = [PolicyKind.hybrid, .reactive, .hpaRPS, .static, .oracle].map {
    PolicySpecification(name: $0.rawValue, kind: $0)
  }
}
