import Domain

/// What a guardrail may read.
struct GuardrailContext {
  var policy: ServicePolicy
  var now: Timestamp
  /// Replicas ready or on their way; when unknown, the last known ones.
  var current: Int
  /// Signals that are configured and unknown at this tick.
  var missing: [Rule.Signal]
  /// Why the input cannot be trusted to shrink the fleet, if so.
  var suspicion: Rule.Suspicion?
  /// Sizes over the step limits' periods, newest last.
  var sizes: SizeHistory
  var override: SizeOverride?
  var isFrozen: Bool
  /// The most that was wanted within the stabilisation window, this tick included.
  var stabilized: Int
}

/// A target on its way through the guardrails, with the trail of what moved it.
struct Proposal {
  var target: Int
  var trail: [Rule]

  /// Moves the target and says why; silent when nothing moves.
  func moved(to target: Int, because rule: @autoclosure () -> Rule) -> Proposal {
    guard target != self.target else { return self }
    return Proposal(target: target, trail: trail + [rule()])
  }
}

/// A guardrail is a function of one shape. They are applied in the order of `Guardrails.all`; each
/// names itself in the trail when it moves the target.
typealias Guardrail = @Sendable (Proposal, GuardrailContext) -> Proposal

enum Guardrails {
  /// The order matters: what the demand wants is first held against silence and noise, then the
  /// speed of change is limited, then come the hard limits, and an operator's word stands last.
  static let all: [Guardrail] = [
    silence, stabilization, suspicion, stepUp, stepDown, downstream, bounds, override, freeze,
  ]

  static func apply(to proposal: Proposal, in context: GuardrailContext) -> Proposal {
    all.reduce(proposal) { $1($0, context) }
  }

  /// A shrink goes no further than the most that was wanted within the window.
  static let stabilization: Guardrail = { proposal, context in
    guard proposal.target < context.current, context.stabilized > proposal.target else {
      return proposal
    }
    let held = min(context.stabilized, context.current)
    return proposal.moved(
      to: held,
      because: .stabilized(result: held, window: context.policy.scaling.stabilization))
  }

  /// While anything is unknown nothing shrinks. The trail names what is unknown even where nothing
  /// would have shrunk: whoever reads the decision must know that it was made half blind.
  static let silence: Guardrail = { proposal, context in
    guard !context.missing.isEmpty else { return proposal }
    let result = max(proposal.target, context.current)
    return Proposal(
      target: result,
      trail: proposal.trail + [.silence(missing: context.missing, result: result)])
  }

  /// Input that has frozen, collapsed or only just come back may raise the target, not lower it.
  static let suspicion: Guardrail = { proposal, context in
    guard let suspicion = context.suspicion, proposal.target < context.current else {
      return proposal
    }
    return proposal.moved(
      to: context.current, because: .suspicious(suspicion, result: context.current))
  }

  static let stepUp: Guardrail = { proposal, context in
    guard let limit = context.policy.scaling.up, proposal.target > context.current else {
      return proposal
    }
    let base = context.sizes.smallest(since: context.now - limit.period) ?? context.current
    let step = limit.replicas(of: base)
    let most = max(context.current, base.saturatingAdd(step))
    guard proposal.target > most else { return proposal }
    return proposal.moved(to: most, because: .stepUp(limit: step, result: most))
  }

  static let stepDown: Guardrail = { proposal, context in
    guard let limit = context.policy.scaling.down, proposal.target < context.current else {
      return proposal
    }
    let base = context.sizes.largest(since: context.now - limit.period) ?? context.current
    let step = limit.replicas(of: base)
    let least = min(context.current, base - step)
    guard proposal.target < least else { return proposal }
    return proposal.moved(to: least, because: .stepDown(limit: step, result: least))
  }

  /// The fleet together must leave a tenth of each shared resource free.
  static let downstream: Guardrail = { proposal, context in
    context.policy.downstream.reduce(proposal) { proposal, limit in
      let most = (limit.limit * 0.9 / limit.perReplica).rounded(.down)
      guard most.isFinite, Double(proposal.target) > most else { return proposal }
      let result = Int(max(0, most))
      return proposal.moved(to: result, because: .downstream(name: limit.name, result: result))
    }
  }

  static let bounds: Guardrail = { proposal, context in
    let fleet = context.policy.fleet
    let result = min(max(proposal.target, fleet.min), fleet.max)
    return proposal.moved(to: result, because: .bounds(min: fleet.min, max: fleet.max))
  }

  static let override: Guardrail = { proposal, context in
    guard let override = context.override, context.now < override.until else { return proposal }
    let fleet = context.policy.fleet
    let result = min(max(override.replicas, fleet.min), fleet.max)
    return Proposal(target: result, trail: proposal.trail + [.override(result: result)])
  }

  static let freeze: Guardrail = { proposal, context in
    guard context.isFrozen else { return proposal }
    return Proposal(
      target: context.current, trail: proposal.trail + [.frozen(result: context.current)])
  }
}

extension Int {
  func saturatingAdd(_ other: Int) -> Int {
    let sum = addingReportingOverflow(other)
    return sum.overflow ? (other > 0 ? Int.max : Int.min) : sum.partialValue
  }
}
