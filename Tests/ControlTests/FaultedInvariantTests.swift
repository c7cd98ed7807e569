import Domain
import Testing

@testable import Control

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
  var newestToken: Int64 = 0
  var factor = 1.0
  /// Sizes since somebody else last set one, which is no turn of ours.
  var undisturbed: [Int] = []
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
    if isFrozen || isOverridden { undisturbed = [] }
    if dice.chance(0.005) {
      loop.resize(to: Int.random(in: 1...60, using: &dice))
      undisturbed = []
    }
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
      newestToken += 1
      token = dice.chance(0.5) ? nil : newestToken
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
        $0.downstream = [DownstreamLimit(name: "db", perReplica: 10, limit: 400)]
      }
    }
  }

  @Test("I-01 … I-08 hold at every tick", arguments: InvariantTests.seeds)
  func invariants(seeds: Range<Int>) throws {
    let fitted = try Trained.fitted()
    var checks = Checks()
    for seed in seeds {
      let service = try service(seed)
      var world = FaultyWorld(seed: seed, service, service.forecast.isEnabled ? fitted : nil)
      for _ in 0..<300 {
        let rate = world.turn()
        let size = world.loop.size
        let sent = world.loop.commands.count
        let decision = try world.loop.decide(rate, fault: world.fault)
        check(decision, in: &world, before: size, under: service, seed: seed, &checks)
        for command in world.loop.commands.dropFirst(sent) {
          #expect(world.token == command.fencingToken, "I-07, seed \(seed): \(command)")
          let most = command.kind == .warmPool ? 40 : max(service.cap, size)
          #expect((0...most).contains(command.replicas), "I-01, seed \(seed): \(command)")
        }
        world.undisturbed.append(world.loop.size)
        let turns = turns(of: world.undisturbed.suffix(240))
        #expect(turns <= 4, "I-08, seed \(seed): \(turns) turns, \(decision)")
      }
      let tokens = world.loop.commands.map(\.fencingToken)
      #expect(tokens == tokens.sorted(), "I-07, seed \(seed)")
    }
    #expect(
      checks.silent > 100 && checks.shrinks > 100 && checks.limitedGrowths > 20
        && checks.aboveCap > 20 && checks.forecasts > 1000, "\(checks)")
  }

  /// How often what is promised was put to the test.
  private struct Checks {
    var silent = 0
    var shrinks = 0
    var limitedGrowths = 0
    var aboveCap = 0
    var forecasts = 0
  }

  private func check(
    _ decision: Decision, in world: inout FaultyWorld, before size: Int,
    under service: ServicePolicy, seed: Int, _ checks: inout Checks
  ) {
    let said = "seed \(seed): \(decision)"
    let cap = service.cap
    let target = decision.target
    let isOperators = world.isFrozen || world.isOverridden
    if decision.trail.contains(where: { $0.kind == "forecast" }) { checks.forecasts += 1 }
    if size > cap { checks.aboveCap += 1 }
    #expect(target <= max(cap, size), "I-01, \(said)")
    #expect(target >= 2 || world.isFrozen, "I-01, \(said)")
    if world.fault.isSilent, !isOperators {
      checks.silent += 1
      #expect(target >= size, "I-02 I-03 I-06, \(said)")
    }
    if world.isFrozen { #expect(target == size, "I-24, \(said)") }
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
    guard !isOperators else { return }
    let recent = world.loop.sizes.dropLast().suffix(4) + [size]
    if target < size {
      checks.shrinks += 1
      let wanted = world.asked.map(\.replicas).max() ?? 0
      #expect(target >= min(wanted, size, cap), "I-08, \(said)")
      let largest = recent.max() ?? size
      #expect(target >= largest - max(1, largest / 5), "I-05, \(said), of \(largest)")
    } else if target > max(size, 2), service.scaling.up != nil {
      let smallest = recent.min() ?? size
      checks.limitedGrowths += 1
      #expect(target <= smallest + max(1, smallest / 2), "I-05, \(said), of \(smallest)")
    }
  }

  @Test(
    "I-04: with the reaction as it is, a forecast only raises", arguments: InvariantTests.seeds)
  func forecastOnlyRaises(seeds: Range<Int>) throws {
    let fitted = try Trained.fitted()
    var (raised, decided) = (0, 0)
    for seed in seeds {
      let service = try service(seed)
      var autoscaler = Autoscaler(policy: service)
      if service.forecast.isEnabled { _ = autoscaler.handle(.fitted(fitted)) }
      var world = DisorderlyWorld(seed: seed, isSeasonal: true)
      for _ in 0..<150 {
        let seen = world.observation()
        var with = autoscaler
        let fleet = with.look(at: seen)
        var proposal = Proposal(target: 0, trail: [])
        let parts = with.ask(seen, fleet: fleet, trail: &proposal.trail)
        var floorless = parts
        floorless.floor = nil
        var (without, lower) = (with, proposal)
        with.guardTarget(of: &proposal, for: parts, seen, fleet: fleet)
        without.guardTarget(of: &lower, for: floorless, seen, fleet: fleet)
        #expect(
          proposal.target >= lower.target,
          "seed \(seed): \(proposal.trail.reason) but \(lower.trail.reason)")
        let effects = autoscaler.handle(.observed(seen))
        // What is compared is what decides.
        #expect(autoscaler.lastProposal?.target == proposal.target)
        if proposal.target > lower.target { raised += 1 }
        if parts.floor != nil { decided += 1 }
        for outcome in world.perform(effects) { _ = autoscaler.handle(outcome) }
      }
    }
    #expect(raised > 30 && decided > 1000, "raised at \(raised) of \(decided) ticks")
  }

  @Test(
    "I-04: a deeper quantile of the same forecast never asks for less", arguments: [1, 2, 3, 4])
  func deeperOnlyRaises(seed: Int) throws {
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
    "I-06: with a forecast too, a higher rate or a deeper queue, or both, never ask for less",
    arguments: InvariantTests.seeds)
  func monotoneWithForecast(seeds: Range<Int>) throws {
    let fitted = try Trained.fitted()
    var (compared, forecasts) = (0, 0)
    for seed in seeds {
      var world = FaultyWorld(seed: seed, try service(seed + 1), fitted)
      world.loop.autoscaler = Autoscaler(policy: try policy(min: 2, max: 6000, forecast: true))
      _ = world.loop.autoscaler.handle(.fitted(fitted))
      for _ in 0..<60 {
        let rate = world.turn()
        let more = rate * 1.3 + 10
        let before = world.loop
        let less = try world.loop.decide(rate, fault: world.fault)
        for (rate, waiting) in [(more, 0.0), (rate, 100), (more, 100)] {
          var twin = before
          twin.queue += waiting
          let decision = try twin.decide(rate, fault: world.fault)
          // A collapse that is seen for what it is holds the fleet: more demand ends that state.
          let isHeld = [before.autoscaler.lastProposal, less].contains { held in
            held?.trail.contains { $0.kind == "suspicious" } == true
          }
          guard !isHeld, expects(twin.autoscaler, atLeastAsMuchAs: world.loop.autoscaler) else {
            continue
          }
          compared += 1
          if less.trail.contains(where: { $0.kind == "forecast" }) { forecasts += 1 }
          #expect(decision.target >= less.target, "seed \(seed): \(less) but \(decision)")
        }
      }
    }
    #expect(compared > 2000 && forecasts > 1000, "\(compared) compared, \(forecasts) with one")
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

extension ServicePolicy {
  /// The most replicas that bounds and shared resources allow.
  fileprivate var cap: Int {
    downstream.reduce(fleet.max) { min($0, Int($1.limit * 0.9 / $1.perReplica)) }
  }
}
