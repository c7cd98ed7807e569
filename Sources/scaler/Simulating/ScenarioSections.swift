import Adapters
import Control
import Domain
import Foundation
import Simulation

// The sections that only a scenario has.

extension YAMLField {
  func seed() throws -> UInt64 {
    let text = try text()
    guard let seed = UInt64(text) else { throw refusal("must be a whole number, not `\(text)`") }
    return seed
  }
}

extension Growth {
  init(_ field: YAMLField) throws {
    if field.isScalar {
      self.init(constant: try field.number(above: 0))
      return
    }
    let section = try field.section(["from", "to", "over"])
    self.init(
      from: try section["from"]?.number(above: 0) ?? 1,
      to: try section.required("to").number(above: 0),
      over: try section.required("over").wholeSeconds())
  }
}

extension Burst {
  init(_ field: YAMLField) throws {
    let section = try field.section(["start", "rise", "hold", "fall", "multiplier", "announced"])
    self.init(
      start: try section.required("start").duration(),
      rise: try section["rise"]?.duration() ?? .zero,
      hold: try section.required("hold").duration(),
      fall: try section["fall"]?.duration() ?? .zero,
      multiplier: try section.required("multiplier").number(above: 0),
      isAnnounced: try section["announced"]?.flag() ?? false)
  }
}

extension ArrivalProcess {
  init(_ field: YAMLField) throws {
    let section = try field.section(["kind", "seed"])
    let kind = try section.required("kind")
    switch try kind.text() {
    case "fluid": self = .fluid
    case "poisson": self = .poisson(seed: try section["seed"]?.seed() ?? 1)
    case let other: throw kind.refusal("must be fluid or poisson, not `\(other)`")
    }
  }
}

extension Fault {
  init(_ field: YAMLField) throws {
    let section = try field.section(["kind", "start", "for", "factor"])
    let name = try section.required("kind")
    let kind: Kind
    switch try name.text() {
    case "metrics-lost": kind = .metricsLost
    case "boot-slow": kind = .bootSlow(factor: try section.required("factor").number(above: 0))
    case "launch-refused": kind = .launchRefused
    case let other:
      throw name.refusal("must be metrics-lost, boot-slow or launch-refused, not `\(other)`")
    }
    self.init(
      kind: kind, start: try section.required("start").duration(),
      length: try section.required("for").duration())
  }
}

extension FleetModel {
  init(_ field: YAMLField) throws {
    let section = try field.section([
      "rate_per_replica", "boot", "initial", "min", "max", "queue_limit", "warm_pool",
    ])
    self.init()
    if let rate = try section["rate_per_replica"]?.number(above: 0) { ratePerReplica = rate }
    if let boot = try section["boot"]?.duration() { self.boot = boot }
    initial = try section["initial"]?.integer(in: 0...10_000_000)
    if let least = try section["min"]?.integer(in: 0...10_000_000) { minimum = least }
    if let most = try section["max"]?.integer(in: 1...10_000_000) { maximum = most }
    if let limit = try section["queue_limit"]?.number(above: 0) { queueLimit = limit }
    if let pool = try section["warm_pool"]?.section(["size", "boot", "cost", "burst", "max"]) {
      warmPool = WarmPool(
        size: try pool["size"]?.integer(in: 0...10_000_000) ?? 0,
        boot: try pool["boot"]?.duration() ?? .seconds(30),
        cost: try pool["cost"]?.number(in: 0...1) ?? 0.1)
      let burst = try pool["burst"]?.number(in: 1...1000)
      if let most = try pool["max"]?.integer(in: 0...1_000_000) {
        warmPool.standby = StandbyPolicy(cost: warmPool.cost, burst: burst, max: most)
      } else if burst != nil {
        _ = try pool.required("max")
      }
    }
  }
}

extension PolicySpecification {
  /// One entry of `policies:`.
  init(_ name: String, _ field: YAMLField, relativeTo file: String) throws {
    let section = try field.section([
      "kind", "target", "replicas", "interval", "window", "stabilization", "tolerance",
      "utilization", "drain", "hold", "floor", "risk", "up", "down", "forecast",
    ])
    let kind = try section.required("kind").choice(PolicyKind.self)
    self.init(name: name, kind: kind)
    target = try section["target"]?.number(above: 0)
    replicas = try section["replicas"]?.integer(in: 0...10_000_000)
    interval = try section["interval"]?.wholeSeconds()
    window = try section["window"]?.wholeSeconds()
    stabilization = try section["stabilization"]?.duration()
    tolerance = try section["tolerance"]?.number(in: 0...1)
    floor = try section["floor"].map { try Self.floor($0, relativeTo: file) }
    forecast = try section["forecast"].map(ForecastPolicy.init(field:))
    if kind.isOurs {
      scaling = try ScalingPolicy(section)
    } else {
      utilization = try section["utilization"]?.number(in: 0.01...1)
      drain = try section["drain"]?.wholeSeconds()
      hold = try section["hold"]?.duration()
    }
  }

  /// Replicas per step, from a CSV with the columns step and replicas.
  private static func floor(_ field: YAMLField, relativeTo file: String) throws -> [Double] {
    let path = ServeConfiguration.path(try field.text(), relativeTo: file)
    let text: String
    do {
      text = try String(contentsOfFile: path, encoding: .utf8)
    } catch {
      throw field.refusal("names `\(path)`, which cannot be read")
    }
    var values: [Double] = []
    for (number, line) in text.split(whereSeparator: \.isNewline).enumerated() {
      let cells = line.split(separator: ",").map { $0.filter { !$0.isWhitespace } }
      if number == 0 {
        guard cells == ["step", "replicas"] else {
          throw field.refusal("names `\(path)`, whose columns are not step,replicas")
        }
        continue
      }
      guard cells.count == 2, Int(cells[0]) == number - 1, let value = Double(cells[1]) else {
        throw CommandFailure(
          status: .badInput,
          message: "\(path): line \(number + 1): expected step \(number - 1) and a number, "
            + "found `\(line)`")
      }
      values.append(value)
    }
    return values
  }
}
