/// The JSON of a trail entry: flat, with the rule's name under `rule`, so that rows stay readable
/// when a Swift case is renamed.
private struct RuleFields: Codable {
  var rule: String
  var replicas: Int?
  var rate: Double?
  var median: Double?
  var level: Double?
  var lead: Double?
  var min: Int?
  var max: Int?
  var limit: Int?
  var window: Double?
  var missing: [Rule.Signal]?
  var name: String?
  var text: String?
}

extension Rule: Codable {
  public func encode(to encoder: any Encoder) throws {
    var fields = self.fields
    fields.text = description
    try fields.encode(to: encoder)
  }

  public init(from decoder: any Decoder) throws {
    let fields = try RuleFields(from: decoder)
    guard let rule = Rule(fields) else {
      throw DecodingError.dataCorrupted(
        .init(
          codingPath: decoder.codingPath,
          debugDescription: "an unknown or incomplete rule: \(fields.rule)"))
    }
    self = rule
  }

  /// The rule's name in stored rows, without its numbers.
  public var kind: String {
    switch self {
    case .forecast: "forecast"
    case .violations: "violations"
    case .noForecast: "no_forecast"
    case .observed: "observed"
    case .climbing: "climbing"
    case .drain: "drain"
    case .event: "event"
    case .bounds: "bounds"
    case .stepUp: "step_up"
    case .stepDown: "step_down"
    case .stabilized: "stabilized"
    case .swinging: "swinging"
    case .silence: "silence"
    case .downstream: "downstream"
    case .suspicious: "suspicious"
    case .deadband: "deadband"
    case .budget: "budget"
    case .rollout: "rollout"
    case .foreign: "foreign"
    case .breaker: "breaker"
    case .warmPool: "warm_pool"
    case .override: "override"
    case .frozen: "frozen"
    }
  }

  private var fields: RuleFields {
    switch self {
    case .forecast(let replicas, let rate, let level, let lead, let median):
      RuleFields(
        rule: kind, replicas: replicas, rate: rate, median: median, level: level,
        lead: lead.inSeconds)
    case .violations(let spent): RuleFields(rule: kind, rate: spent)
    case .noForecast(let reason): RuleFields(rule: kind, name: reason.rawValue)
    case .observed(let replicas, let rate), .climbing(let replicas, let rate):
      RuleFields(rule: kind, replicas: replicas, rate: rate)
    case .drain(let replicas, let backlog):
      RuleFields(rule: kind, replicas: replicas, rate: backlog)
    case .event(let name, let replicas): RuleFields(rule: kind, replicas: replicas, name: name)
    case .bounds(let min, let max): RuleFields(rule: kind, min: min, max: max)
    case .stepUp(let limit, let result):
      RuleFields(rule: kind, replicas: result, limit: limit)
    case .stepDown(let limit, let result):
      RuleFields(rule: kind, replicas: result, limit: limit)
    case .stabilized(let result, let window):
      RuleFields(rule: kind, replicas: result, window: window.inSeconds)
    case .swinging(let turns, let result):
      RuleFields(rule: kind, replicas: result, limit: turns)
    case .silence(let missing, let result):
      RuleFields(rule: kind, replicas: result, missing: missing)
    case .downstream(let name, let result):
      RuleFields(rule: kind, replicas: result, name: name)
    case .suspicious(let suspicion, let result):
      RuleFields(rule: kind, replicas: result, name: suspicion.rawValue)
    case .deadband(let result), .rollout(let result), .breaker(let result):
      RuleFields(rule: kind, replicas: result)
    case .budget(let spent, let result): RuleFields(rule: kind, replicas: result, rate: spent)
    case .foreign(let found, let result): RuleFields(rule: kind, replicas: result, limit: found)
    case .warmPool(let replicas, let rate):
      RuleFields(rule: kind, replicas: replicas, rate: rate)
    case .override(let result): RuleFields(rule: kind, replicas: result)
    case .frozen(let result): RuleFields(rule: kind, replicas: result)
    }
  }

  private init?(_ fields: RuleFields) {
    switch (fields.rule, fields.replicas) {
    case ("forecast", let replicas?):
      guard let rate = fields.rate, let level = fields.level, let lead = fields.lead,
        let median = fields.median
      else { return nil }
      self = .forecast(
        replicas: replicas, rate: rate, level: level, lead: .seconds(lead), median: median)
    case ("violations", _):
      guard let spent = fields.rate else { return nil }
      self = .violations(spent: spent)
    case ("no_forecast", _):
      guard let reason = fields.name.flatMap(NoForecast.init(rawValue:)) else { return nil }
      self = .noForecast(reason)
    case ("observed", let replicas?):
      guard let rate = fields.rate else { return nil }
      self = .observed(replicas: replicas, rate: rate)
    case ("climbing", let replicas?):
      guard let rate = fields.rate else { return nil }
      self = .climbing(replicas: replicas, rate: rate)
    case ("drain", let replicas?):
      guard let backlog = fields.rate else { return nil }
      self = .drain(replicas: replicas, backlog: backlog)
    case ("event", let replicas?):
      guard let name = fields.name else { return nil }
      self = .event(name: name, replicas: replicas)
    case ("bounds", _):
      guard let min = fields.min, let max = fields.max else { return nil }
      self = .bounds(min: min, max: max)
    case ("step_up", let result?):
      guard let limit = fields.limit else { return nil }
      self = .stepUp(limit: limit, result: result)
    case ("step_down", let result?):
      guard let limit = fields.limit else { return nil }
      self = .stepDown(limit: limit, result: result)
    case ("stabilized", let result?):
      guard let window = fields.window else { return nil }
      self = .stabilized(result: result, window: .seconds(window))
    case ("swinging", let result?):
      guard let turns = fields.limit else { return nil }
      self = .swinging(turns: turns, result: result)
    case ("silence", let result?):
      self = .silence(missing: fields.missing ?? [], result: result)
    case ("downstream", let result?):
      guard let name = fields.name else { return nil }
      self = .downstream(name: name, result: result)
    case ("suspicious", let result?):
      guard let suspicion = fields.name.flatMap(Suspicion.init(rawValue:)) else { return nil }
      self = .suspicious(suspicion, result: result)
    case ("deadband", let result?): self = .deadband(result: result)
    case ("rollout", let result?): self = .rollout(result: result)
    case ("breaker", let result?): self = .breaker(result: result)
    case ("budget", let result?):
      guard let spent = fields.rate else { return nil }
      self = .budget(spent: spent, result: result)
    case ("foreign", let result?):
      guard let found = fields.limit else { return nil }
      self = .foreign(found: found, result: result)
    case ("warm_pool", let replicas?):
      guard let rate = fields.rate else { return nil }
      self = .warmPool(replicas: replicas, rate: rate)
    case ("override", let result?): self = .override(result: result)
    case ("frozen", let result?): self = .frozen(result: result)
    default: return nil
    }
  }
}
