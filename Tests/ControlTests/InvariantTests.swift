import Control
import Domain
import Forecasting
import Foundation
import Testing

/// A seeded source of disorder: SplitMix64, so that a printed seed is a complete report.
struct Dice: RandomNumberGenerator {
  private var state: UInt64

  init(seed: Int) { state = UInt64(truncatingIfNeeded: seed) }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  mutating func chance(_ share: Double) -> Bool { Double.random(in: 0..<1, using: &self) < share }
}

/// A service in a disorderly world: rates that wander and jump, signals that vanish, replicas that
/// boot or do not, commands that are refused.
struct DisorderlyWorld {
  var dice: Dice
  var now = Timestamp(seconds: 1_700_000_000)
  var rate = 500.0
  var ready = 8
  var pending: [PendingBatch] = []
  /// Whether the rate wanders around what a trained model knows.
  private let isSeasonal: Bool

  /// - Parameter isSeasonal: Whether it is a world that `Trained` models know, and starts where they
  ///   end.
  init(seed: Int, isSeasonal: Bool = false) {
    dice = Dice(seed: seed)
    self.isSeasonal = isSeasonal
    if isSeasonal { now = Trained.start }
  }

  mutating func observation() -> Observation {
    now = now + .seconds(15)
    if dice.chance(0.02) { rate *= Double.random(in: 0.1...4, using: &dice) }
    rate = min(50_000, max(0, rate * Double.random(in: 0.97...1.035, using: &dice)))
    if isSeasonal { rate += 0.05 * (seasonalRate(mean: 2000, at: now) - rate) }
    while let first = pending.first, now.since(first.since) >= .seconds(60) {
      ready += first.count
      pending.removeFirst()
    }
    var seen = Observation(
      time: now, rate: rate, queue: max(0, rate - Double(ready) * 100) * 15, ready: ready,
      pending: pending)
    if dice.chance(0.1) { seen.rate = nil }
    if dice.chance(0.1) { seen.queue = nil }
    if dice.chance(0.05) { seen.ready = nil }
    if dice.chance(0.05) { seen.pending = nil }
    return seen
  }

  /// Performs the effects and gives the outcomes.
  mutating func perform(_ effects: [Effect]) -> [Event] {
    effects.compactMap { effect in
      guard case .scale(let command) = effect else { return nil }
      if dice.chance(0.1) { return .scaled(command.decision, .notSent("busy"), at: now) }
      let size = pending.reduce(ready) { $0 + $1.count }
      if command.replicas > size {
        pending.append(PendingBatch(count: command.replicas - size, since: now))
      } else {
        shrink(by: size - command.replicas)
      }
      return .scaled(command.decision, .accepted(replicas: command.replicas), at: now)
    }
  }

  private mutating func shrink(by count: Int) {
    var rest = count
    while rest > 0, let last = pending.popLast() {
      if last.count > rest {
        pending.append(PendingBatch(count: last.count - rest, since: last.since))
        return
      }
      rest -= last.count
    }
    ready -= rest
  }
}

@Suite("Invariants under disorder")
struct InvariantTests {
  /// 200, or as many as `SCALER_SEEDS` says, in parts that are run side by side.
  static let seeds: [Range<Int>] = {
    let wanted = ProcessInfo.processInfo.environment["SCALER_SEEDS"].flatMap { Int($0) } ?? 200
    let count = max(1, wanted)
    return stride(from: 0, to: count, by: 50).map { $0..<min($0 + 50, count) }
  }()

  /// A service and the world that it lives in: every other seed with a model that is believed.
  private func beginning(
    seed: Int, min: Int, max: Int, _ change: (inout ServicePolicy) -> Void = { _ in }
  ) throws -> (Autoscaler, DisorderlyWorld) {
    let isForecast = seed % 2 == 0
    var autoscaler = Autoscaler(
      policy: try policy(min: min, max: max, forecast: isForecast, change))
    if isForecast { _ = autoscaler.handle(.fitted(try Trained.fitted())) }
    return (autoscaler, DisorderlyWorld(seed: seed, isSeasonal: isForecast))
  }

  /// Ticks at which a forecast took part.
  private static func isForecast(_ decision: Decision) -> Bool {
    decision.trail.contains { $0.kind == "forecast" }
  }

  @Test("I-01 I-02 I-03 I-06: within bounds, and silence never lowers", arguments: seeds)
  func boundsAndSilence(seeds: Range<Int>) throws {
    for seed in seeds {
      var (autoscaler, world) = try beginning(seed: seed, min: 2, max: 60)
      var known: Int?
      var (blind, forecasts) = (0, 0)
      for _ in 0..<400 {
        let seen = world.observation()
        let effects = autoscaler.handle(.observed(seen))
        let decision = try #require(autoscaler.lastProposal)
        #expect((2...60).contains(decision.target), "seed \(seed): \(decision)")
        if Self.isForecast(decision) { forecasts += 1 }
        if let size = seen.provisioned { known = size }
        let isBlind =
          seen.rate == nil || seen.queue == nil || seen.ready == nil || seen.pending == nil
        if isBlind, let known {
          blind += 1
          #expect(decision.target >= known, "seed \(seed): \(decision), \(known) known")
        }
        for case .scale(let command) in effects {
          #expect(known != nil, "seed \(seed): \(command) to a fleet that was never seen")
        }
        for outcome in world.perform(effects) { _ = autoscaler.handle(outcome) }
      }
      #expect(blind > 50, "seed \(seed)")
      #expect((forecasts > 20) == (seed % 2 == 0), "seed \(seed): \(forecasts) forecasts")
    }
  }

  @Test("I-06: a higher rate or a deeper queue, or both, never ask for less", arguments: seeds)
  func monotone(seeds: Range<Int>) throws {
    for seed in seeds {
      var world = DisorderlyWorld(seed: seed)
      var autoscaler = Autoscaler(policy: try policy(min: 2, max: 6000))
      for _ in 0..<120 {
        let seen = world.observation()
        let rate = seen.rate.map { $0 * 1.3 + 10 }
        let queue = seen.queue.map { $0 * 1.3 + 10 }
        let larger = try [(rate, seen.queue), (seen.rate, queue), (rate, queue)].map { pair in
          var more = seen
          (more.rate, more.queue) = pair
          var twin = autoscaler
          _ = twin.handle(.observed(more))
          return try #require(twin.lastProposal)
        }
        let effects = autoscaler.handle(.observed(seen))
        let target = try #require(autoscaler.lastProposal?.target)
        for more in larger { #expect(more.target >= target, "seed \(seed): \(target) but \(more)") }
        for outcome in world.perform(effects) { _ = autoscaler.handle(outcome) }
      }
    }
  }

  @Test(
    "I-05: no tick grows or shrinks by more than the limit within its period", arguments: seeds)
  func boundedChange(seeds: Range<Int>) throws {
    var (growths, shrinks) = (0, 0)
    for seed in seeds {
      var (autoscaler, world) = try beginning(seed: seed, min: 1, max: 6000) {
        $0.scaling.up = StepLimit(amount: .share(0.5), period: .seconds(60))
      }
      var sizes: [(time: Timestamp, size: Int)] = []
      var known: Int?
      for _ in 0..<200 {
        let seen = world.observation()
        if let size = seen.provisioned {
          sizes.append((seen.time, size))
          known = size
        }
        let effects = autoscaler.handle(.observed(seen))
        let decision = try #require(autoscaler.lastProposal)
        let recent = sizes.filter { $0.time > seen.time - .seconds(60) }.map(\.size)
        if let largest = recent.max(), let smallest = recent.min(), let known {
          let least = min(known, largest - max(1, largest / 5))
          let most = max(known, smallest + max(1, smallest / 2))
          #expect(
            (least...most).contains(decision.target),
            "seed \(seed): \(decision), \(smallest) to \(largest) of late")
          if decision.target < known { shrinks += 1 }
          if decision.target > known { growths += 1 }
        }
        for outcome in world.perform(effects) { _ = autoscaler.handle(outcome) }
      }
    }
    #expect(growths > 200 && shrinks > 200, "\(growths) growths, \(shrinks) shrinks")
  }

  @Test(
    "I-08: whatever the demand does, the size turns four times an hour at most", arguments: seeds)
  func fewTurns(seeds: Range<Int>) throws {
    var most = 0
    for seed in seeds {
      var (autoscaler, world) = try beginning(seed: seed, min: 2, max: 6000)
      var sizes: [Int] = []
      var forecasts = 0
      for _ in 0..<720 {
        let effects = autoscaler.handle(.observed(world.observation()))
        if let decision = autoscaler.lastProposal, Self.isForecast(decision) { forecasts += 1 }
        for outcome in world.perform(effects) { _ = autoscaler.handle(outcome) }
        sizes.append(world.pending.reduce(world.ready) { $0 + $1.count })
      }
      #expect((forecasts > 20) == (seed % 2 == 0), "seed \(seed): \(forecasts) forecasts")
      for hour in stride(from: 0, through: 480, by: 40) {
        let turns = turns(of: sizes[hour..<(hour + 240)])
        #expect(turns <= 4, "seed \(seed): \(turns) turns from tick \(hour)")
        most = max(most, turns)
      }
    }
    #expect(most >= 2, "a world in which nothing turns shows nothing")
  }

  @Test("I-17: what one service sees leaves another's decisions alone")
  func isolation() throws {
    var alone = Autoscaler(policy: try policy())
    var beside = Autoscaler(policy: try policy())
    var other = Autoscaler(policy: try policy(min: 3))
    var world = DisorderlyWorld(seed: 1)
    for _ in 0..<100 {
      let seen = world.observation()
      var poisoned = seen
      poisoned.rate = 1e12
      poisoned.time = seen.time + .seconds(3600)
      _ = other.handle(.observed(poisoned))
      #expect(alone.handle(.observed(seen)) == beside.handle(.observed(seen)))
    }
  }
}

@Suite("Journal and snapshot")
struct JournalTests {
  @Test("every event reads back as it was written", arguments: InvariantTests.seeds)
  func eventsSurvive(seeds: Range<Int>) throws {
    for seed in seeds {
      var world = DisorderlyWorld(seed: seed)
      let now = world.now
      let service = try policy(mode: .floor) {
        $0.scaling.risk = .fixed(0.02)
        $0.scaling.up = StepLimit(amount: .replicas(3), period: .seconds(30))
        $0.forecast.seasons = [.seconds(600), .seconds(4200)]
        $0.forecast.zone = UTCOffsets(
          first: 3600, transitions: [UTCOffsets.Transition(from: now, offset: 7200)])
        $0.downstream = [DownstreamLimit(name: "db", perReplica: 2.5, limit: 400)]
        $0.price = Price(
          perReplicaHour: 0.096, currency: "EUR", perViolation: 0.01, monthlyBudget: 5000)
        $0.events = [
          AnnouncedEvent(name: "sale", from: now, to: now + .seconds(60), uplift: 3),
          AnnouncedEvent(
            name: "news", from: now, to: now + .seconds(60), uplift: 1, isLearned: true),
        ]
        $0.events[0].uncertainty = 0.2
        $0.calendar = try Self.calendar(from: now)
        $0.fleet.standby = StandbyPolicy(cost: 0.2, burst: 3, max: 60)
        $0.forecast.excluded = [TimeSpan(from: now - .seconds(60), to: now)]
        $0.scaling.upDeadband = 0.05
        $0.scaling.downDeadband = 0.1
        $0.holdsPlans = true
      }
      let events: [Event] = [
        .observed(world.observation()), .fitFailed(at: now, reason: "too short"),
        .scaled(DecisionID(7), .accepted(replicas: 4), at: now),
        .scaled(DecisionID(8), .unchanged, at: now),
        .scaled(DecisionID(9), .refused("no rights"), at: now),
        .scaled(DecisionID(10), .unknown("cut"), at: now),
        .scaled(DecisionID(11), .notSent("late"), at: now),
        .overridden(SizeOverride(replicas: 5, until: now), at: now), .overridden(nil, at: now),
        .frozen(until: now + .seconds(60), at: now), .configured(service, at: now),
        .leadershipChanged(fencingToken: 4, at: now),
        .leadershipChanged(fencingToken: nil, at: now), .shrinkingHeld(true, at: now),
        .observed(
          Observation(
            time: now, pending: [PendingBatch(count: 2, since: now, isWarm: true)], warm: 3,
            isRollingOut: true)),
      ]
      for event in events {
        #expect(try Event(event.encoded) { _ in nil } == event, "seed \(seed)")
      }
    }
  }

  private static func calendar(from now: Timestamp) throws -> [CalendarEvent] {
    let rules = [
      "FREQ=MONTHLY;BYMONTHDAY=-1,15;COUNT=7", "FREQ=YEARLY;INTERVAL=2;BYMONTH=11;BYDAY=4TH,-1FR",
      "FREQ=WEEKLY;UNTIL=20311231",
    ]
    var calendar = try rules.enumerated().map { index, text in
      CalendarEvent(
        name: "rule \(index)",
        times: .recurring(
          firstLocal: now.seconds, duration: 3600, rule: try RecurrenceRule(parsing: text)),
        height: index == 0 ? .learned : .excluded, rampBefore: 60, rampAfter: 120)
    }
    let uplift = try #require(EventUplift(factor: 0.5, uncertainty: 0.1))
    calendar.append(
      CalendarEvent(
        name: "holiday", times: .days([CivilDate(days: 20_000), CivilDate(days: 20_365)]),
        height: .given(uplift)))
    calendar.append(
      CalendarEvent(
        name: "once", times: .once(now.seconds..<(now.seconds + 60)), height: .given(uplift)))
    return calendar
  }

  @Test("a freeze of the time before it had an end is read as one without")
  func earlierFreeze() throws {
    let time = Timestamp(seconds: 1_700_000_000)
    for (isFrozen, until) in [(true, Timestamp.latest), (false, nil)] {
      var writer = StateWriter()
      writer.write(Int(time.seconds))
      writer.write(isFrozen)
      let encoded = EncodedEvent(kind: .frozen, version: 2, bytes: writer.bytes)
      let event = try Event(encoded) { _ in nil }
      #expect(event == .frozen(until: until, at: time))
    }
  }

  @Test("bytes that were cut or grown are refused, never trapped on")
  func damagedEventsAreRefused() throws {
    var world = DisorderlyWorld(seed: 3)
    let encoded = Event.observed(world.observation()).encoded
    for length in 0..<encoded.bytes.count {
      let cut = EncodedEvent(
        kind: encoded.kind, version: encoded.version, bytes: Array(encoded.bytes.prefix(length)))
      #expect(throws: (any Error).self) { try Event(cut) { _ in nil } }
    }
    let grown = EncodedEvent(
      kind: encoded.kind, version: encoded.version, bytes: encoded.bytes + [0])
    #expect(throws: (any Error).self) { try Event(grown) { _ in nil } }
    let newer = EncodedEvent(kind: encoded.kind, version: 99, bytes: encoded.bytes)
    #expect(throws: (any Error).self) { try Event(newer) { _ in nil } }
  }

  @Test("I-16: from a snapshot on, the decisions are those of a run without it")
  func snapshotGoesOn() throws {
    for seed in 0..<40 {
      var world = DisorderlyWorld(seed: seed)
      var twinWorld = world
      var autoscaler = Autoscaler(policy: try policy(forecast: true))
      var twin = autoscaler
      for tick in 0..<200 {
        if tick % 23 == seed % 23 {
          let restored = try Autoscaler(snapshot: autoscaler.snapshot)
          let isSame = restored.snapshot == autoscaler.snapshot
          #expect(isSame, "seed \(seed), tick \(tick)")
          autoscaler = restored
        }
        let effects = autoscaler.handle(.observed(world.observation()))
        let uninterrupted = twin.handle(.observed(twinWorld.observation()))
        #expect(effects == uninterrupted, "seed \(seed), tick \(tick)")
        for outcome in world.perform(effects) { _ = autoscaler.handle(outcome) }
        for outcome in twinWorld.perform(uninterrupted) { _ = twin.handle(outcome) }
      }
    }
  }

  @Test("a damaged snapshot is refused, never trapped on")
  func damagedSnapshotIsRefused() throws {
    var autoscaler = Autoscaler(policy: try policy())
    var world = DisorderlyWorld(seed: 5)
    for _ in 0..<20 { _ = autoscaler.handle(.observed(world.observation())) }
    let bytes = autoscaler.snapshot
    for length in stride(from: 0, to: bytes.count, by: 3) {
      #expect(throws: (any Error).self) { try Autoscaler(snapshot: Array(bytes.prefix(length))) }
    }
  }
}
