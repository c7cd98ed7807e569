import Control
import Domain
import Testing

/// A service with a model, in a world where everything goes wrong at random: metrics vanish, freeze
/// or read zero, nothing boots, somebody else resizes the fleet, operators override and freeze,
/// leadership comes and goes, the fleet-wide breaker opens.
private struct FaultyWorld {
  var dice: Dice
  var loop: ClosedLoop
  var fault = ClosedLoop.Fault()
  var isFrozen = false
  var isOverridden = false
  var token: Int64? = 0
  var factor = 1.0
  /// What the demand alone asked for at each tick, newest last.
  var asked: [(time: Timestamp, replicas: Int)] = []

  static let start = Timestamp(seconds: 1_699_833_600)

  init(seed: Int, _ service: ServicePolicy, _ fitted: FittedDemand?) {
    dice = Dice(seed: seed)
    loop = ClosedLoop(service, ready: 12, at: Self.start)
    if let fitted { _ = loop.autoscaler.handle(.fitted(fitted)) }
  }

  /// Breaks and mends things, and says what is true of demand.
  mutating func turn() -> Double {
    if dice.chance(0.02) { fault.isSilent.toggle() }
    if dice.chance(0.01) {
      let readings: [Double?] = [nil, 0, 500, 90_000]
      fault.rate = readings[Int.random(in: 0..<4, using: &dice)]
    }
    if dice.chance(0.01) { fault.isStuck.toggle() }
    if dice.chance(0.01) { factor = Double.random(in: 0.05...4, using: &dice) }
    if dice.chance(0.005) { loop.resize(to: Int.random(in: 1...60, using: &dice)) }
    let now = loop.now
    if dice.chance(0.005) {
      isFrozen.toggle()
      _ = loop.autoscaler.handle(.frozen(until: isFrozen ? .latest : nil, at: now))
    }
    if dice.chance(0.005) {
      isOverridden.toggle()
      let fixed = SizeOverride(replicas: Int.random(in: 1...90, using: &dice), until: .latest)
      _ = loop.autoscaler.handle(.overridden(isOverridden ? fixed : nil, at: now))
    }
    if dice.chance(0.01) {
      token = dice.chance(0.5) ? nil : Int64(loop.commands.count + 1)
      _ = loop.autoscaler.handle(.leadershipChanged(fencingToken: token, at: now))
    }
    if dice.chance(0.01) {
      _ = loop.autoscaler.handle(.shrinkingHeld(dice.chance(0.5), at: now))
    }
    return factor * seasonalRate(mean: 2000, at: now)
  }
}

@Suite("Invariants under random faults")
struct FaultedInvariantTests {
  private func service(_ seed: Int) throws -> ServicePolicy {
    try policy(min: 2, max: 80, forecast: seed % 3 != 0) {
      if seed % 2 == 0 { $0.scaling.up = StepLimit(amount: .share(0.5), period: .seconds(60)) }
      if seed % 5 == 0 { $0.scaling.downDeadband = 0.1 }
      if seed % 7 == 0 { $0.fleet.standby = StandbyPolicy(burst: 2, max: 40) }
      if seed % 4 == 0 { $0.price = Price(perReplicaHour: 1, monthlyBudget: 9000) }
      if seed % 6 == 0 {
        $0.downstream = [DownstreamLimit(name: "db", perReplica: 10, limit: 600)]
      }
    }
  }

  @Test("I-01 … I-08 hold at every tick", arguments: InvariantTests.seeds)
  func invariants(seeds: Range<Int>) throws {
    let fitted = try Trained.fitted()
    for seed in seeds {
      let service = try service(seed)
      var world = FaultyWorld(seed: seed, service, service.forecast.isEnabled ? fitted : nil)
      for _ in 0..<300 {
        let rate = world.turn()
        let size = world.loop.size
        let sent = world.loop.commands.count
        let decision = try world.loop.decide(rate, fault: world.fault)
        check(decision, in: &world, before: size, seed: seed)
        for command in world.loop.commands.dropFirst(sent) {
          #expect(world.token == command.fencingToken, "I-07, seed \(seed): \(command)")
          let most = command.kind == .warmPool ? 40 : 80
          #expect((0...most).contains(command.replicas), "I-01, seed \(seed): \(command)")
        }
      }
    }
  }

  private func check(
    _ decision: Decision, in world: inout FaultyWorld, before size: Int, seed: Int
  ) {
    let said = "seed \(seed): \(decision)"
    let isOperators = world.isFrozen || world.isOverridden
    #expect(
      (2...80).contains(decision.target) || world.isFrozen || size > 80 || size < 2,
      "I-01, \(said)")
    if world.fault.isSilent, !isOperators {
      #expect(decision.target >= min(size, 54), "I-02 I-03 I-06, \(said)")
    }
    if world.isFrozen { #expect(decision.target == size, "I-24, \(said)") }
    let asked =
      decision.trail.compactMap { rule -> Int? in
        switch rule {
        case .forecast(let replicas, _, _, _, _), .observed(let replicas, _): replicas
        default: nil
        }
      }.max() ?? 0
    let isBraked = decision.trail.contains { $0.kind == "budget" }
    world.asked.append((decision.time, isBraked ? 0 : asked))
    world.asked.removeAll { $0.time < decision.time - .seconds(60) }
    if decision.target < size, !isOperators {
      let wanted = world.asked.map(\.replicas).max() ?? 0
      #expect(decision.target >= min(wanted, size, 54), "I-08, \(said)")
      let recent = world.loop.sizes.suffix(4).max() ?? size
      let limit = max(1, max(recent, size) / 5)
      #expect(
        decision.target >= min(max(recent, size) - limit, 54), "I-05, \(said), of \(recent)")
    }
  }

  @Test(
    "I-04: a deeper quantile of the same forecast never asks for less", arguments: [1, 2, 3, 4])
  func forecastOnlyRaises(seed: Int) throws {
    let fitted = try Trained.fitted()
    func service(risk: Double) throws -> ServicePolicy {
      try policy(min: 2, max: 6000, forecast: true) { $0.scaling.risk = .fixed(risk) }
    }
    let lessCareful = try service(risk: 0.4)
    var careful = Autoscaler(policy: try service(risk: 0.005))
    _ = careful.handle(.fitted(fitted))
    var world = DisorderlyWorld(seed: seed)
    world.now = FaultyWorld.start
    for _ in 0..<400 {
      let seen = Event.observed(world.observation())
      // The same past: what each believes of its fleet follows from the commands that it sent itself.
      var bold = careful
      _ = bold.handle(.configured(lessCareful, at: world.now))
      _ = bold.handle(seen)
      for outcome in world.perform(careful.handle(seen)) { _ = careful.handle(outcome) }
      let less = try #require(bold.lastProposal)
      let more = try #require(careful.lastProposal)
      #expect(more.target >= less.target, "seed \(seed): \(more) but \(less)")
    }
  }

  @Test(
    "I-06: with a forecast too, a higher rate or a deeper queue never asks for less",
    arguments: InvariantTests.seeds)
  func monotoneWithForecast(seeds: Range<Int>) throws {
    let fitted = try Trained.fitted()
    for seed in seeds.prefix(10) {
      var world = FaultyWorld(seed: seed, try service(seed + 1), fitted)
      world.loop.autoscaler = Autoscaler(policy: try policy(min: 2, max: 6000, forecast: true))
      _ = world.loop.autoscaler.handle(.fitted(fitted))
      for _ in 0..<120 {
        let rate = world.turn()
        var twin = world.loop
        // A collapse that is seen for what it is holds the fleet: more demand ends that state.
        let isHeld = twin.autoscaler.lastProposal?.trail.contains { $0.kind == "suspicious" }
        twin.queue += 100
        let more = try twin.decide(rate * 1.3 + 10, fault: world.fault)
        let less = try world.loop.decide(rate, fault: world.fault)
        let holds = less.trail.contains { $0.kind == "suspicious" } || isHeld == true
        guard !holds, expects(twin.autoscaler, atLeastAsMuchAs: world.loop.autoscaler) else {
          continue
        }
        #expect(more.target >= less.target, "seed \(seed): \(less) but \(more)")
      }
    }
  }

  /// The property speaks of a fixed forecast: where the tick moved it, what it moved must not be
  /// taken for the reaction.
  private func expects(_ more: Autoscaler, atLeastAsMuchAs less: Autoscaler) -> Bool {
    more.trust == less.trust && more.forecast?.upper ?? 0 >= less.forecast?.upper ?? 0
  }

  @Test(
    "I-16: a snapshot of a service with a model, an outlook and a pool goes on as it would have")
  func snapshotGoesOn() throws {
    let service = try policy(min: 2, max: 80, forecast: true) {
      $0.holdsPlans = true
      $0.fleet.standby = StandbyPolicy(burst: 2, max: 40)
      $0.price = Price(perReplicaHour: 1, monthlyBudget: 9000)
    }
    let fitted = try Trained.fitted()
    for seed in 0..<8 {
      var world = FaultyWorld(seed: seed, service, fitted)
      for tick in 0..<300 {
        if tick % 37 == 0 {
          let restored = try Autoscaler(snapshot: world.loop.autoscaler.snapshot)
          #expect(restored.snapshot == world.loop.autoscaler.snapshot, "seed \(seed)")
          var goesOn = world
          goesOn.loop.autoscaler = restored
          var other = world
          for _ in 0..<30 {
            let rate = goesOn.turn()
            _ = other.turn()
            let left = try goesOn.loop.decide(rate, fault: goesOn.fault)
            let right = try other.loop.decide(rate, fault: other.fault)
            #expect(left == right, "seed \(seed), tick \(tick)")
          }
          #expect(goesOn.loop.plans == other.loop.plans)
        }
        let rate = world.turn()
        world.loop.tick(rate, fault: world.fault)
      }
    }
  }
}
