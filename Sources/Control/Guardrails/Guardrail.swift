import Domain

/// What a guardrail may read.
struct GuardrailContext {
  /// Replicas ready or on their way; when unknown, the last known ones.
  var current: Int
  /// Signals that are configured and unknown at this tick.
  var missing: MissingSignals
  /// Why the input cannot be trusted to shrink the fleet, if so.
  var suspicion: Rule.Suspicion?
  /// Why the fleet must not grow, if so.
  var growthSuspicion: Rule.Suspicion?
  var isRollingOut: Bool
  var isShrinkingHeld: Bool
  /// The size that somebody else set, and whether they insist on it.
  var foreignSize: Int?
  var yields: Bool
  /// What the observed rate and the queue alone ask for.
  var observed: Int
  /// The most that was wanted within the stabilisation window, this tick included.
  var stabilized: Int
  /// The largest and the smallest size within the step limits' periods.
  var largest: Int
  var smallest: Int
  /// How the size has swung of late.
  var swing: Swing
  /// The size an operator fixed; nil if none is in force.
  var override: Int?
  var isFrozen: Bool
}

/// The configured signals that are unknown, without an array where none is.
struct MissingSignals: OptionSet {
  let rawValue: UInt8

  static let rate = MissingSignals(rawValue: 1)
  static let queue = MissingSignals(rawValue: 2)
  static let ready = MissingSignals(rawValue: 4)
  static let pending = MissingSignals(rawValue: 8)

  var names: [Rule.Signal] {
    var names: [Rule.Signal] = []
    if contains(.rate) { names.append(.rate) }
    if contains(.queue) { names.append(.queue) }
    if contains(.ready) { names.append(.ready) }
    if contains(.pending) { names.append(.pending) }
    return names
  }
}

/// A target on its way through the guardrails, with the trail of what moved it.
struct Proposal {
  var target: Int
  var trail: [Rule]

  /// Moves the target and says why; silent when nothing moves.
  mutating func move(to target: Int, because rule: @autoclosure () -> Rule) {
    guard target != self.target else { return }
    self.target = target
    trail.append(rule())
  }
}

/// A guardrail is a function of one shape. They are applied in the order of `Guardrails.all`; each
/// names itself in the trail when it moves the target.
///
/// In a struct, not a bare function type: an array of functions would copy the policy on the way into
/// every one of them.
struct Guardrail: Sendable {
  let apply: @Sendable (inout Proposal, GuardrailContext, ServicePolicy) -> Void

  init(_ apply: @escaping @Sendable (inout Proposal, GuardrailContext, ServicePolicy) -> Void) {
    self.apply = apply
  }
}

enum Guardrails {
  /// The order matters: what the demand wants is first held against silence and noise, then against
  /// what others do to the fleet, then the speed of change is limited. An operator's word takes the
  /// place of all that, the hard limits bound it too, and only a freeze stands after them.
  static let all: [Guardrail] = [
    silence, stabilization, swing, suspicion, rollout, breaker, growthSuspicion, foreign,
    deadband, stepUp, stepDown, override, downstream, bounds, freeze,
  ]

  static func apply(
    to proposal: inout Proposal, in context: GuardrailContext, under policy: ServicePolicy
  ) {
    for guardrail in all { guardrail.apply(&proposal, context, policy) }
  }

  /// A shrink goes no further than the most that was wanted within the window.
  static let stabilization = Guardrail { proposal, context, policy in
    guard proposal.target < context.current, context.stabilized > proposal.target else { return }
    let held = min(context.stabilized, context.current)
    proposal.move(
      to: held, because: .stabilized(result: held, window: policy.scaling.stabilization))
  }

  /// A fleet that has swung up and down of late stays up: each turn throws away replicas
  /// that were paid for while they booted.
  static let swing = Guardrail { proposal, context, _ in
    guard proposal.target < context.current, context.swing.turns > Swing.turnsBeforeShrink else {
      return
    }
    let held = min(context.current, context.swing.leastWithoutTurn)
    guard proposal.target < held else { return }
    proposal.move(to: held, because: .swinging(turns: context.swing.turns, result: held))
  }

  /// While anything is unknown nothing shrinks. The trail names what is unknown even where nothing
  /// would have shrunk: whoever reads the decision must know that it was made half blind.
  static let silence = Guardrail { proposal, context, _ in
    guard !context.missing.isEmpty else { return }
    proposal.target = max(proposal.target, context.current)
    proposal.trail.append(.silence(missing: context.missing.names, result: proposal.target))
  }

  /// Input that has frozen, collapsed or only just come back may raise the target, not lower it.
  static let suspicion = Guardrail { proposal, context, _ in
    guard let suspicion = context.suspicion, proposal.target < context.current else { return }
    proposal.move(
      to: context.current, because: .suspicious(suspicion, result: context.current))
  }

  /// While a new version is rolled out, old and new replicas count twice and serve once.
  static let rollout = Guardrail { proposal, context, _ in
    guard context.isRollingOut, proposal.target < context.current else { return }
    proposal.move(to: context.current, because: .rollout(result: context.current))
  }

  static let breaker = Guardrail { proposal, context, _ in
    guard context.isShrinkingHeld, proposal.target < context.current else { return }
    proposal.move(to: context.current, because: .breaker(result: context.current))
  }

  /// Where nothing that is started becomes ready, or the rate follows the replicas, more of them
  /// would not help.
  static let growthSuspicion = Guardrail { proposal, context, _ in
    guard let suspicion = context.growthSuspicion, proposal.target > context.current else {
      return
    }
    proposal.move(
      to: context.current, because: .suspicious(suspicion, result: context.current))
  }

  /// A size that somebody else set is set right once; where they insist, only what is observed to be
  /// needed is added to it.
  static let foreign = Guardrail { proposal, context, _ in
    if context.yields {
      let most = max(context.current, context.observed)
      let result = min(max(proposal.target, context.current), most)
      proposal.target = result
      proposal.trail.append(.foreign(found: context.current, result: result))
    } else if let found = context.foreignSize {
      proposal.trail.append(.foreign(found: found, result: proposal.target))
    }
  }

  static let deadband = Guardrail { proposal, context, policy in
    let change = Double(proposal.target - context.current)
    let size = Double(context.current)
    let isSmall =
      change > 0
      ? change < policy.scaling.upDeadband * size
      : -change < policy.scaling.downDeadband * size
    guard isSmall else { return }
    proposal.move(to: context.current, because: .deadband(result: context.current))
  }

  static let stepUp = Guardrail { proposal, context, policy in
    guard let limit = policy.scaling.up, proposal.target > context.current else { return }
    let step = limit.replicas(of: context.smallest)
    let most = max(context.current, context.smallest.saturatingAdd(step))
    guard proposal.target > most else { return }
    proposal.move(to: most, because: .stepUp(limit: step, result: most))
  }

  static let stepDown = Guardrail { proposal, context, policy in
    guard let limit = policy.scaling.down, proposal.target < context.current else { return }
    let step = limit.replicas(of: context.largest)
    let least = min(context.current, context.largest - step)
    guard proposal.target < least else { return }
    proposal.move(to: least, because: .stepDown(limit: step, result: least))
  }

  static let override = Guardrail { proposal, context, _ in
    guard let override = context.override else { return }
    proposal.target = override
    proposal.trail.append(.override(result: override))
  }

  /// The fleet together must leave a tenth of each shared resource free.
  static let downstream = Guardrail { proposal, context, policy in
    for limit in policy.downstream {
      let most = most(under: limit.mostReplicas, in: context, policy)
      guard proposal.target > most else { continue }
      proposal.move(to: most, because: .downstream(name: limit.name, result: most))
    }
  }

  static let bounds = Guardrail { proposal, context, policy in
    let fleet = policy.fleet
    let most = most(under: fleet.max, in: context, policy)
    let result = min(max(proposal.target, fleet.min), most)
    proposal.move(to: result, because: .bounds(min: fleet.min, max: fleet.max))
  }

  /// What an upper limit lets the fleet be at this tick. It stops growth at once; a fleet that is
  /// larger, because the limit was lowered, comes down to it as fast as a shrink may go, and not
  /// while anything is unknown.
  private static func most(
    under limit: Int, in context: GuardrailContext, _ policy: ServicePolicy
  ) -> Int {
    guard context.current > limit else { return limit }
    guard context.missing.isEmpty else { return context.current }
    guard let step = policy.scaling.down else { return limit }
    return max(limit, min(context.current, context.largest - step.replicas(of: context.largest)))
  }

  static let freeze = Guardrail { proposal, context, _ in
    guard context.isFrozen else { return }
    proposal.target = context.current
    proposal.trail.append(.frozen(result: context.current))
  }
}

extension Int {
  func saturatingAdd(_ other: Int) -> Int {
    let sum = addingReportingOverflow(other)
    return sum.overflow ? (other > 0 ? Int.max : Int.min) : sum.partialValue
  }
}
