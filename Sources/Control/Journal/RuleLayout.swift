import Domain
import Forecasting

// How a trail lies in a snapshot: the rule's stored name, then its fields.

extension StateWriter {
  mutating func write(_ rule: Rule) {
    write(rule.kind)
    switch rule {
    case .forecast(let replicas, let rate, let level, let lead, let median):
      write(replicas)
      write(rate)
      write(level)
      write(lead)
      write(median)
    case .violations(let spent): write(spent)
    case .noForecast(let reason): write(reason.rawValue)
    case .observed(let replicas, let rate), .climbing(let replicas, let rate),
      .drain(let replicas, let rate):
      write(replicas)
      write(rate)
    case .event(let name, let replicas), .downstream(let name, let replicas):
      write(name)
      write(replicas)
    case .bounds(let low, let high), .stepUp(let low, let high), .stepDown(let low, let high),
      .swinging(let low, let high):
      write(low)
      write(high)
    case .stabilized(let result, let window):
      write(result)
      write(window)
    case .silence(let missing, let result):
      write(result)
      write(missing.count)
      for signal in missing { write(signal.rawValue) }
    case .suspicious(let suspicion, let result):
      write(suspicion.rawValue)
      write(result)
    case .budget(let spent, let result):
      write(spent)
      write(result)
    case .foreign(let found, let result):
      write(found)
      write(result)
    case .warmPool(let replicas, let rate):
      write(replicas)
      write(rate)
    case .override(let result), .frozen(let result), .deadband(let result), .rollout(let result),
      .breaker(let result):
      write(result)
    }
  }
}

extension StateReader {
  mutating func readRule() throws(StateError) -> Rule {
    let kind = try readText()
    switch kind {
    case "forecast":
      let replicas = try readInt()
      let rate = try readDouble()
      let level = try readDouble()
      let lead = try readDuration()
      return .forecast(
        replicas: replicas, rate: rate, level: level, lead: lead, median: try readDouble())
    case "violations": return .violations(spent: try readDouble())
    case "no_forecast": return .noForecast(try readCase(Rule.NoForecast.self))
    case "observed":
      let replicas = try readInt()
      return .observed(replicas: replicas, rate: try readDouble())
    case "climbing":
      let replicas = try readInt()
      return .climbing(replicas: replicas, rate: try readDouble())
    case "drain":
      let replicas = try readInt()
      return .drain(replicas: replicas, backlog: try readDouble())
    case "event":
      let name = try readText()
      return .event(name: name, replicas: try readInt())
    case "downstream":
      let name = try readText()
      return .downstream(name: name, result: try readInt())
    case "bounds":
      let low = try readInt()
      return .bounds(min: low, max: try readInt())
    case "step_up":
      let limit = try readInt()
      return .stepUp(limit: limit, result: try readInt())
    case "step_down":
      let limit = try readInt()
      return .stepDown(limit: limit, result: try readInt())
    case "stabilized":
      let result = try readInt()
      return .stabilized(result: result, window: try readDuration())
    case "swinging":
      let turns = try readInt()
      return .swinging(turns: turns, result: try readInt())
    case "silence":
      let result = try readInt()
      var missing: [Rule.Signal] = []
      for _ in 0..<(try readCount(elementSize: 8)) {
        missing.append(try readCase(Rule.Signal.self))
      }
      return .silence(missing: missing, result: result)
    case "suspicious":
      let suspicion = try readCase(Rule.Suspicion.self)
      return .suspicious(suspicion, result: try readInt())
    case "deadband": return .deadband(result: try readInt())
    case "rollout": return .rollout(result: try readInt())
    case "breaker": return .breaker(result: try readInt())
    case "budget":
      let spent = try readDouble()
      return .budget(spent: spent, result: try readInt())
    case "foreign":
      let found = try readInt()
      return .foreign(found: found, result: try readInt())
    case "warm_pool":
      let replicas = try readInt()
      return .warmPool(replicas: replicas, rate: try readDouble())
    case "override": return .override(result: try readInt())
    case "frozen": return .frozen(result: try readInt())
    default: throw .inconsistent("not a rule: \(kind)")
    }
  }

  private mutating func readCase<Name: RawRepresentable<String>>(
    _ type: Name.Type
  ) throws(StateError) -> Name {
    let text = try readText()
    guard let value = Name(rawValue: text) else { throw .inconsistent("not a \(type): \(text)") }
    return value
  }
}
