import Control
import Domain
import Testing

@Suite("Guardrails")
struct GuardrailTests {
  @Test("a growth limit is a share of the size at the window's start, and at least one")
  func limitsGrowth() throws {
    let limited = try policy {
      $0.scaling.up = StepLimit(amount: .share(0.5), period: .seconds(60))
    }
    var autoscaler = Autoscaler(policy: limited)
    try Timeline(
      """
      time  rate queue ready | target because
      0s    1800     0     4 |      6 step +2 → 6
      15s   1800     0   4+2 |      6 step +2 → 6
      76s   1800     0     6 |      9 step +3 → 9
      """
    ).play(on: &autoscaler)
  }

  @Test("a shared resource keeps a tenth free")
  func protectsDownstream() throws {
    let limited = try policy {
      $0.downstream = [DownstreamLimit(name: "postgres", perReplica: 10, limit: 100)]
    }
    var autoscaler = Autoscaler(policy: limited)
    try Timeline(
      """
      time  rate queue ready | target because
      0s    1800     0     4 |      9 downstream postgres → 9
      """
    ).play(on: &autoscaler)
  }

  @Test(
    "F-68: a limit lowered below the fleet stops growth at once, shrinks it by the budget, not blind",
    arguments: ["bounds", "downstream"])
  func loweredLimit(rule: String) throws {
    var loop = ClosedLoop(try policy(), ready: 40, at: Timestamp(seconds: 1_700_000_000))
    for _ in 0..<20 { loop.tick(3600) }
    #expect(loop.size == 40)
    let lowered =
      rule == "bounds"
      ? try policy(max: 10)
      : try policy { $0.downstream = [DownstreamLimit(name: "db", perReplica: 9, limit: 100)] }
    _ = loop.autoscaler.handle(.configured(lowered, at: loop.now))
    for _ in 0..<20 {
      loop.tick(3600, fault: ClosedLoop.Fault(isSilent: true))
      #expect(loop.size == 40, "\(loop.autoscaler.lastProposal?.description ?? "")")
    }
    var before = loop.size
    for minute in 0..<30 {
      for _ in 0..<4 {
        let decision = try loop.decide(9000)
        #expect(decision.target <= before && decision.reason.contains(rule), "\(decision)")
      }
      #expect(loop.size >= before - max(1, before / 5), "minute \(minute): \(loop.size)")
      before = loop.size
    }
    #expect(loop.size == 10)
  }

  @Test("an operator's size is bound by what a shared resource allows, as every other is")
  func boundOverride() throws {
    var autoscaler = Autoscaler(
      policy: try policy {
        $0.downstream = [DownstreamLimit(name: "postgres", perReplica: 10, limit: 100)]
      })
    _ = autoscaler.handle(
      .overridden(
        SizeOverride(replicas: 30, until: .latest), at: Timestamp(seconds: 1_700_000_000)))
    try Timeline(
      """
      time  rate queue ready | target because
      0s     150     0     2 |      9 override → 30 · downstream postgres → 9
      15s      -     -     2 |      9 override → 30 · downstream postgres → 9
      """
    ).play(on: &autoscaler)
  }

  @Test("an override stands until its end, whatever the demand")
  func overrides() throws {
    var autoscaler = Autoscaler(policy: try policy())
    let start = Timestamp(seconds: 1_700_000_000)
    _ = autoscaler.handle(
      .overridden(SizeOverride(replicas: 30, until: start + .seconds(60)), at: start))
    try Timeline(
      """
      time  rate queue ready | target because
      0s     150     0     2 |     30 override → 30
      15s    150     0    30 |     30 override → 30
      60s    150     0    30 |     24 step
      """
    ).play(on: &autoscaler, from: start)
  }

  @Test("frozen means that nothing moves, not even upward, until the freeze has passed")
  func freezes() throws {
    var autoscaler = Autoscaler(policy: try policy())
    let start = Timestamp(seconds: 1_700_000_000)
    _ = autoscaler.handle(.frozen(until: start + .seconds(30), at: start))
    try Timeline(
      """
      time  rate queue ready | target because
      0s    1800     0     4 |      4 frozen
      15s   1800     0     4 |      4 frozen
      30s   1800     0     4 |     38 observed
      """
    ).play(on: &autoscaler, from: start)
  }

  @Test("the whole fleet of an announced event is wanted one lead window before its first minute")
  func announcedEvent() throws {
    let start = Timestamp(seconds: 1_700_006_400)
    let sale = AnnouncedEvent(
      name: "sale", from: start + .seconds(300), to: start + .seconds(900), uplift: 3)
    let service = try policy(max: 1000, forecast: true) { $0.events = [sale] }
    let step = DemandFitting.step(for: service)
    let count = Int(3 * 86_400 / step.wholeSeconds)
    var dice = Dice(seed: 4)
    let history = TimeSeries(
      start: start - step * count, step: step,
      values: (0..<count).map { _ in Double.random(in: 950...1050, using: &dice) })
    var autoscaler = Autoscaler(policy: service)
    let fitted = try DemandFitting.fit(history, policy: service, deliveredAt: start).get()
    _ = autoscaler.handle(.fitted(fitted))
    var wanted: [Int: Int] = [:]
    for second in stride(from: 15, through: 300, by: 15) {
      let seen = Observation(
        time: start + .seconds(second), rate: 1000, queue: 0, ready: 11, pending: [])
      for case .scale(let command) in autoscaler.handle(.observed(seen)) {
        _ = autoscaler.handle(.scaled(command.decision, .notSent("watched only"), at: seen.time))
      }
      wanted[second] = autoscaler.lastProposal?.target
    }
    // The lead window is 60 s of boot, 15 s of interval and 15 s of lag: 300 - 90 = 210.
    #expect(try #require(wanted[195]) <= 12)
    for second in stride(from: 210, through: 300, by: 15) {
      #expect(try #require(wanted[second]) >= 30, "at \(second) s")
    }
  }

  @Test(
    "an announced surge is planned for its own p99, not for its share of the window's budget; a fixed risk holds in it too",
    arguments: [ScalingPolicy.Risk.auto, .fixed(0.02)])
  func surge(risk: ScalingPolicy.Risk) throws {
    let service = try policy(ratePerReplica: 1, max: 10000, forecast: true) {
      $0.scaling.risk = risk
      $0.objective.violation = 0.01
      $0.events = [
        AnnouncedEvent(
          name: "sale", from: Trained.start, to: Trained.start + .seconds(3600), uplift: 3)
      ]
    }
    var loop = ClosedLoop(service, ready: 6000, at: Trained.start)
    _ = loop.autoscaler.handle(.fitted(try Trained.fitted()))
    for _ in 0..<8 { loop.tick(3 * seasonalRate(mean: 2000, at: loop.now)) }
    let proposal = try #require(loop.autoscaler.lastProposal)
    var lifted: Int?
    var even: Int?
    for rule in proposal.trail {
      if case .event(_, let replicas) = rule { lifted = replicas }
      if case .forecast(_, let rate, _, _, _) = rule { even = Int((3 * rate).rounded(.up)) }
    }
    let (surge, window) = (try #require(lifted), try #require(even))
    #expect(risk == .auto ? surge > window : surge == window)
  }

  @Test("an announced event's multiplier rises and falls in straight lines")
  func eventFactor() {
    let start = Timestamp(seconds: 1_700_000_000)
    let event = AnnouncedEvent(
      name: "sale", from: start + .seconds(300), to: start + .seconds(900), uplift: 3)
    #expect(event.factor(at: start) == 1)
    #expect(event.factor(at: start + .seconds(300)) == 3)
    #expect(event.factor(at: start + .seconds(900)) == 1)
    let ramped = AnnouncedEvent(
      name: "sale", from: start, to: start + .seconds(600), uplift: 3, rise: .seconds(60),
      fall: .seconds(120))
    #expect(ramped.factor(at: start - .seconds(60)) == 1)
    #expect(ramped.factor(at: start - .seconds(30)) == 2)
    #expect(ramped.factor(at: start) == 3)
    #expect(ramped.factor(at: start + .seconds(599)) == 3)
    #expect(ramped.factor(at: start + .seconds(660)) == 2)
    #expect(ramped.factor(at: start + .seconds(720)) == 1)
  }
}

@Suite("Commands")
struct CommandTests {
  let start = Timestamp(seconds: 1_700_000_000)

  @Test("at most one command is on its way, and its outcome frees the next")
  func oneInFlight() throws {
    var autoscaler = Autoscaler(policy: try policy())
    let first = commands(autoscaler.handle(seen(1800, at: 0)))
    #expect(first.count == 1)
    #expect(commands(autoscaler.handle(seen(2700, at: 15))).isEmpty)
    let command = try #require(first.first)
    _ = autoscaler.handle(.scaled(command.decision, .notSent("busy"), at: start + .seconds(16)))
    #expect(commands(autoscaler.handle(seen(2700, at: 30))).count == 1)
  }

  @Test("an outcome of another decision changes nothing")
  func foreignOutcome() throws {
    var autoscaler = Autoscaler(policy: try policy())
    _ = autoscaler.handle(seen(1800, at: 0))
    let before = autoscaler.snapshot
    _ = autoscaler.handle(.scaled(DecisionID(999), .unchanged, at: start + .seconds(1)))
    #expect(autoscaler.snapshot == before)
  }

  @Test("mode observe decides and commands nothing")
  func observeCommandsNothing() throws {
    var autoscaler = Autoscaler(policy: try policy(mode: .observe))
    for tick in 0..<20 {
      let effects = autoscaler.handle(seen(Double(tick) * 300, at: tick * 15))
      #expect(commands(effects).isEmpty)
    }
    #expect((autoscaler.lastProposal?.target ?? 0) > 10)
  }

  @Test("a process that does not lead commands nothing")
  func followerCommandsNothing() throws {
    var autoscaler = Autoscaler(policy: try policy())
    _ = autoscaler.handle(.leadershipChanged(fencingToken: nil, at: start))
    #expect(commands(autoscaler.handle(seen(1800, at: 0))).isEmpty)
    _ = autoscaler.handle(.leadershipChanged(fencingToken: 7, at: start))
    #expect(commands(autoscaler.handle(seen(1800, at: 15))).map(\.fencingToken) == [7])
  }

  @Test("floor mode commands the floor once, not at every tick")
  func floorIsCommandedOnce() throws {
    var autoscaler = Autoscaler(policy: try policy(mode: .floor))
    var sent: [ScaleCommand] = []
    for tick in 0..<8 {
      for command in commands(autoscaler.handle(seen(900, at: tick * 15))) {
        sent.append(command)
        _ = autoscaler.handle(
          .scaled(
            command.decision, .accepted(replicas: command.replicas),
            at: start + .seconds(tick * 15)))
      }
    }
    // 10 for the rate, and 6.25 to drain what gathers while they boot.
    #expect(sent.map(\.replicas) == [17])
    #expect(sent.map(\.kind) == [.floor])
  }

  @Test("a decision is recorded before its command, and only when something changed")
  func recordsFirst() throws {
    var autoscaler = Autoscaler(policy: try policy())
    let effects = autoscaler.handle(seen(1800, at: 0))
    guard case .record(let decision) = effects.first,
      case .scale(let command) = effects.dropFirst().first
    else {
      Issue.record("expected a record and a command, got \(effects)")
      return
    }
    #expect(decision.id == command.decision)
    _ = autoscaler.handle(
      .scaled(command.decision, .accepted(replicas: command.replicas), at: start))
    let quiet = Observation(
      time: start + .seconds(15), rate: 1800, queue: 0, ready: command.replicas, pending: [])
    _ = autoscaler.handle(.observed(quiet))
    var later = quiet
    later.time = start + .seconds(30)
    #expect(autoscaler.handle(.observed(later)).isEmpty)
  }

  private func commands(_ effects: [Effect]) -> [ScaleCommand] {
    effects.compactMap { if case .scale(let command) = $0 { command } else { nil } }
  }

  private func seen(_ rate: Double, at seconds: Int) -> Event {
    .observed(
      Observation(
        time: start + .seconds(seconds), rate: rate, queue: 0, ready: 4, pending: []))
  }
}
