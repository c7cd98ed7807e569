import Control
public import Domain

extension Scenario {
  /// Checks everything that a run relies on, against the trace that it shall run on.
  ///
  /// - Throws: `ScenarioError` with a sentence for each fault.
  public func validate(trace: TimeSeries) throws(ScenarioError) {
    var sentences = windowFaults(trace)
    sentences += demandFaults()
    sentences += fleetFaults()
    for specification in policies { sentences += specification.faults() }
    let names = policies.map(\.name)
    for (index, name) in names.enumerated() where names[..<index].contains(name) {
      sentences.append("Two policies are called \(name).")
    }
    if !sentences.isEmpty { throw ScenarioError(sentences: sentences) }
  }

  private func windowFaults(_ trace: TimeSeries) -> [String] {
    guard step >= .seconds(1), step.components.attoseconds == 0 else {
      return ["step is \(step.shortText); it must be a whole number of seconds."]
    }
    guard to > from else { return ["evaluate ends at \(to), not after its start at \(from)."] }
    var faults: [String] = []
    if trace.knownCount == 0 {
      faults.append("The trace holds no known value.")
    } else if from < trace.start || to > trace.end {
      faults.append(
        "evaluate runs from \(from) to \(to), but the trace covers \(trace.start) to \(trace.end).")
    }
    if to.since(from) < step { faults.append("evaluate is shorter than one step.") }
    for (name, value) in [
      ("control.interval", control.interval), ("control.lag", control.lag),
      ("fleet.boot", fleet.boot), ("fleet.warm_pool.boot", fleet.warmPool.boot),
    ] where value < .zero || value.wholeSeconds % step.wholeSeconds != 0 {
      faults.append("\(name) is \(value.shortText); it must be a multiple of the step.")
    }
    if control.interval < step { faults.append("control.interval is shorter than the step.") }
    return faults
  }

  private func demandFaults() -> [String] {
    var faults: [String] = []
    func positive(_ name: String, _ value: Double?) {
      if let value, !(value > 0 && value.isFinite) {
        faults.append("\(name) is \(value); it must be above zero.")
      }
    }
    positive("scale.mean", scaledMean)
    positive("growth.from", growth.from)
    positive("growth.to", growth.to)
    if let texture {
      if !(texture.deviation >= 0 && texture.deviation.isFinite) {
        faults.append("texture.sd is \(texture.deviation); it must not be negative.")
      }
      if texture.memory <= .zero { faults.append("texture.tau must be above zero.") }
    }
    for (index, burst) in bursts.enumerated() {
      positive("bursts[\(index)].multiplier", burst.multiplier)
      if burst.start < .zero || burst.rise < .zero || burst.hold < .zero || burst.fall < .zero {
        faults.append("bursts[\(index)] has a negative duration.")
      } else if from + burst.start >= to {
        faults.append("bursts[\(index)] starts after the evaluated window.")
      }
    }
    for (index, fault) in self.faults.enumerated() {
      if fault.start < .zero || fault.length <= .zero {
        faults.append("faults[\(index)] needs a start within the window and a length above zero.")
      }
      if case .bootSlow(let factor) = fault.kind { positive("faults[\(index)].factor", factor) }
    }
    return faults
  }

  private func fleetFaults() -> [String] {
    var faults: [String] = []
    if !(fleet.ratePerReplica > 0 && fleet.ratePerReplica.isFinite) {
      faults.append("fleet.rate_per_replica is \(fleet.ratePerReplica); it must be above zero.")
    }
    if fleet.minimum < 0 || fleet.maximum < fleet.minimum || fleet.maximum > 10_000_000 {
      faults.append(
        "fleet.min and max are \(fleet.minimum) and \(fleet.maximum);"
          + " they must be in order, not negative, and at most 10,000,000.")
    }
    if let initial = fleet.initial, initial < 0 || initial > 10_000_000 {
      faults.append("fleet.initial is \(initial); it must be between 0 and 10,000,000.")
    }
    if !(fleet.queueLimit >= 0 && fleet.queueLimit.isFinite) {
      faults.append("fleet.queue_limit is \(fleet.queueLimit); it must not be negative.")
    }
    let pool = fleet.warmPool
    if pool.size < 0 || pool.size > 10_000_000 || !(pool.cost >= 0 && pool.cost.isFinite) {
      faults.append("fleet.warm_pool has a negative or impossible size or cost.")
    }
    if objective.sloWait < .zero { faults.append("objective.slo_wait is negative.") }
    if !(objective.violation >= 0 && objective.violation <= 1) {
      faults.append("objective.violation is \(objective.violation); it is a share of 0 to 1.")
    }
    if let price, !(price.perReplicaHour >= 0 && price.perReplicaHour.isFinite) {
      faults.append("price.per_replica_hour is \(price.perReplicaHour).")
    }
    return faults
  }
}

extension PolicySpecification {
  /// Settings out of range, or ones that the kind does not have.
  func faults() -> [String] {
    var faults: [String] = []
    let place = "policies.\(name)"
    if ServiceID(name) == nil {
      faults.append("A policy is called \"\(name)\"; names are letters, digits and . _ : / -")
    }
    func check(_ key: String, _ isGiven: Bool, for kinds: Set<PolicyKind>) {
      if isGiven && !kinds.contains(kind) {
        faults.append("\(place) is of kind \(kind.rawValue), which has no \(key).")
      }
    }
    let pods: Set<PolicyKind> = [.hpaCPU, .hpaRPS, .phpa, .phpaAsShipped, .crane, .kedaQueue]
    let tracking: Set<PolicyKind> = [.targetTracking, .awsPredictive]
    let targeted = pods.union(tracking).union([.kpa])
    let law: Set<PolicyKind> = [.referenceHybrid, .perfect]
    let ours = Set(PolicyKind.allCases.filter(\.isOurs))
    check("target", target != nil, for: targeted)
    check("replicas", replicas != nil, for: [.static])
    check("interval", interval != nil, for: targeted)
    check("window", window != nil, for: targeted.union(law))
    check("stabilization", stabilization != nil, for: pods)
    check("tolerance", tolerance != nil, for: pods)
    check("utilization", utilization != nil, for: law)
    check("drain", drain != nil, for: law)
    check("hold", hold != nil, for: law)
    check("scaling", scaling != nil, for: ours)
    check("forecast", forecast != nil, for: ours)
    check(
      "floor", floor != nil, for: Set(PolicyKind.allCases).subtracting([.oracle, .oracleBudget]))
    for (key, value) in [("target", target), ("utilization", utilization)] {
      if let value, !(value > 0 && value.isFinite) {
        faults.append("\(place).\(key) is \(value); it must be above zero.")
      }
    }
    if let tolerance, !(tolerance >= 0 && tolerance < 1) {
      faults.append("\(place).tolerance is \(tolerance); it must be at least 0 and below 1.")
    }
    if let replicas, replicas < 0 || replicas > 10_000_000 {
      faults.append("\(place).replicas is \(replicas).")
    }
    for (key, value) in [("interval", interval), ("window", window), ("drain", drain)] {
      if let value, value <= .zero { faults.append("\(place).\(key) must be above zero.") }
    }
    for (key, value) in [("stabilization", stabilization), ("hold", hold)] {
      if let value, value < .zero { faults.append("\(place).\(key) must not be negative.") }
    }
    if let floor, floor.contains(where: { !($0 >= 0 && $0.isFinite) }) {
      faults.append("\(place).floor holds a negative or non-finite value.")
    }
    return faults
  }
}
