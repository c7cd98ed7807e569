/// One entry of a decision's trail. The list is closed: a new guardrail adds a case here, its text
/// in `description` and its fields in `RuleFields`.
public enum Rule: Sendable, Equatable {
  /// Replicas for the forecast: the `level` quantile of the highest demand within `lead`, whose
  /// median is given beside it.
  case forecast(replicas: Int, rate: Double, level: Double, lead: Duration, median: Double)
  /// The share of the objective's violation budget that is spent, by which the forecast's level goes.
  case violations(spent: Double)
  /// No forecast took part, and why.
  case noForecast(NoForecast)
  /// Replicas for the rate that was observed.
  case observed(replicas: Int, rate: Double)
  /// Replicas for the rate that a climb reaches by the time those of the warm pool serve.
  case climbing(replicas: Int, rate: Double)
  /// Extra replicas that drain the projected backlog.
  case drain(replicas: Int, backlog: Double)
  /// An announced event asks for more than the forecast without it.
  case event(name: String, replicas: Int)
  /// The target moved into the configured bounds.
  case bounds(min: Int, max: Int)
  /// A growth was cut to what the step limit allows.
  case stepUp(limit: Int, result: Int)
  /// A shrink was cut to what the step limit allows.
  case stepDown(limit: Int, result: Int)
  /// A shrink waits: within the window more was asked for.
  case stabilized(result: Int, window: Duration)
  /// A shrink waits: the size has turned up or down so often of late.
  case swinging(turns: Int, result: Int)
  /// Something is unknown, so nothing shrinks.
  case silence(missing: [Signal], result: Int)
  /// A resource that the replicas share would be exhausted.
  case downstream(name: String, result: Int)
  /// Input that cannot be trusted (frozen, collapsed): growth only.
  case suspicious(Suspicion, result: Int)
  /// A change too small to be worth making.
  case deadband(result: Int)
  /// The month's budget would be overspent, so the fleet gets what is observed and no headroom;
  /// `spent` is the share of the budget that is gone.
  case budget(spent: Double, result: Int)
  /// A new version is being rolled out, so nothing shrinks.
  case rollout(result: Int)
  /// Somebody else changed the size to `found` after we had set it.
  case foreign(found: Int, result: Int)
  /// Too much of the whole fleet would shrink, or is unknown, so nothing shrinks anywhere.
  case breaker(result: Int)
  /// The warm pool that a burst of `rate` requests per second needs.
  case warmPool(replicas: Int, rate: Double)
  /// An operator fixed the size.
  case override(result: Int)
  /// Everything is frozen by an operator.
  case frozen(result: Int)

  public enum NoForecast: String, Sendable, Codable, CaseIterable {
    case disabled, learning, stale, untrusted

    var text: String {
      switch self {
      case .disabled: "switched off"
      case .learning: "too little history"
      case .stale: "the model is too old"
      case .untrusted: "the forecast lost to the observed rate"
      }
    }
  }

  public enum Signal: String, Sendable, Codable, CaseIterable {
    case rate, queue, ready, pending
  }

  public enum Suspicion: String, Sendable, Codable, CaseIterable {
    case frozen, collapsed, recovering
    /// What was started does not become ready.
    case noEffect = "no_effect"
    /// The rate follows the number of replicas.
    case feedback
    /// The forecast is far beyond what its history ever held, and was clamped.
    case forecast

    /// In words, as a clause.
    public var text: String {
      switch self {
      case .frozen: "the rate has not moved"
      case .collapsed: "the rate collapsed against the forecast"
      case .recovering: "the signal has just come back"
      case .noEffect: "what was started does not become ready"
      case .feedback: "the rate follows the replicas"
      case .forecast: "the forecast is far beyond its history"
      }
    }
  }
}

extension Rule: CustomStringConvertible {
  public var description: String {
    switch self {
    case .forecast(let replicas, let rate, let level, let lead, _):
      "forecast \(replicas) (\(rate.shortText)/s p\(level.percentText) at +\(lead.shortText))"
    case .violations(let spent): "\(spent.percentText) % of the violation budget spent"
    case .noForecast(let reason): "no forecast (\(reason.text))"
    case .observed(let replicas, let rate): "observed \(replicas) (\(rate.shortText)/s)"
    case .climbing(let replicas, let rate): "climbing to \(replicas) (\(rate.shortText)/s)"
    case .drain(let replicas, let backlog): "queue +\(replicas) (\(backlog.shortText) waiting)"
    case .event(let name, let replicas): "event \(name) \(replicas)"
    case .bounds(let min, let max): "bounds \(min)…\(max)"
    case .stepUp(let limit, let result): "step +\(limit) → \(result)"
    case .stepDown(let limit, let result): "step -\(limit) → \(result)"
    case .stabilized(let result, let window): "stabilising \(window.shortText) → \(result)"
    case .swinging(let turns, let result): "\(turns) turns of late → \(result)"
    case .silence(let missing, let result):
      "\(missing.map(\.rawValue).joined(separator: ", ")) unknown → \(result)"
    case .downstream(let name, let result): "downstream \(name) → \(result)"
    case .suspicious(let suspicion, let result): "\(suspicion.text) → \(result)"
    case .deadband(let result): "too small a change → \(result)"
    case .budget(let spent, let result):
      "monthly budget (\(spent.percentText) % spent) → \(result)"
    case .rollout(let result): "rollout in progress → \(result)"
    case .foreign(let found, let result): "somebody else set \(found) → \(result)"
    case .breaker(let result): "fleet-wide breaker → \(result)"
    case .warmPool(let replicas, let rate):
      "warm pool \(replicas) (a burst of \(rate.shortText)/s)"
    case .override(let result): "override → \(result)"
    case .frozen(let result): "frozen → \(result)"
    }
  }
}

extension Double {
  /// A share as a percentage with at most two decimals, `99.95`: a level never rounds up to 100.
  public var percentText: String {
    let hundredths = Int64((self * 10_000 + 1e-6).rounded(.down))
    let fraction = hundredths % 100
    let decimals =
      fraction == 0
      ? ""
      : fraction % 10 == 0 ? ".\(fraction / 10)" : fraction < 10 ? ".0\(fraction)" : ".\(fraction)"
    return "\(hundredths / 100)\(decimals)"
  }

  /// At most three significant decimals and no trailing zeros, for lines that people read.
  public var shortText: String {
    guard isFinite, magnitude < 1e15 else { return "\(self)" }
    let scale: Double = magnitude >= 100 ? 1 : magnitude >= 10 ? 10 : 100
    let scaled = (self * scale).rounded()
    var text = String(Int64(scaled.magnitude))
    if scale > 1 {
      let decimals = scale == 100 ? 2 : 1
      text = String(repeating: "0", count: max(0, decimals + 1 - text.count)) + text
      let point = text.index(text.endIndex, offsetBy: -decimals)
      var fraction = text[point...]
      while fraction.last == "0" { fraction = fraction.dropLast() }
      text = String(text[..<point]) + (fraction.isEmpty ? "" : "." + fraction)
    }
    return (scaled < 0 ? "-" : "") + text
  }
}
