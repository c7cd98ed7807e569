import Control
import Domain
import Testing

@Suite("Guardrails against what others do to the fleet")
struct GuardedFleetTests {
  let start = Timestamp(seconds: 1_699_833_600)

  @Test("changes within the dead-bands are not made; each direction has its own")
  func deadbands() throws {
    let banded = try policy {
      $0.scaling.upDeadband = 0.105
      $0.scaling.downDeadband = 0.3
    }
    var autoscaler = Autoscaler(policy: banded)
    try Timeline(
      """
      time  rate queue ready | target because
      0s     900     0    10 |     10
      60s    950     0    10 |     10 too small a change
      120s  1000     0    10 |     12
      180s   820     0    12 |     12 stabilising
      240s   820     0    12 |     12 too small a change
      300s   450     0    12 |     12 too small a change
      360s   450     0    12 |     10 step
      """
    ).play(on: &autoscaler)
  }

  @Test("nothing shrinks while a new version is rolled out")
  func rollout() throws {
    var autoscaler = Autoscaler(policy: try policy())
    for tick in 0..<20 {
      _ = autoscaler.handle(.observed(seen(400, 10, tick, isRollingOut: true)))
    }
    #expect(autoscaler.lastProposal?.target == 10)
    #expect(autoscaler.lastProposal?.reason.contains("rollout") == true)
    _ = autoscaler.handle(.observed(seen(2000, 10, 20, isRollingOut: true)))
    #expect(autoscaler.lastProposal?.target ?? 0 > 20)
    for tick in 21..<60 { _ = autoscaler.handle(.observed(seen(400, 10, tick))) }
    #expect(autoscaler.lastProposal?.target ?? 10 < 10)
  }

  @Test("an open fleet-wide breaker lets every service grow and none shrink")
  func breaker() throws {
    var autoscaler = Autoscaler(policy: try policy())
    _ = autoscaler.handle(.shrinkingHeld(true, at: start))
    for tick in 0..<20 { _ = autoscaler.handle(.observed(seen(400, 10, tick))) }
    #expect(autoscaler.lastProposal?.target == 10)
    #expect(autoscaler.wantsShrink)
    _ = autoscaler.handle(.shrinkingHeld(false, at: start))
    _ = autoscaler.handle(.observed(seen(400, 10, 20)))
    #expect(autoscaler.lastProposal?.target ?? 10 < 10)
  }

  @Test("the breaker opens at once and closes after five calm minutes; a small fleet is not judged")
  func fleetBreaker() {
    var breaker = FleetBreaker()
    // Minute, services, shrinking, silent; whether it is open then.
    let rounds: [(Int64, Int, Int, Int, Bool)] = [
      (0, 20, 4, 6, false), (1, 20, 5, 0, true), (2, 20, 0, 0, true), (3, 20, 0, 7, true),
      (4, 20, 0, 0, true), (8, 20, 0, 0, true), (9, 20, 0, 0, false), (10, 2, 2, 2, false),
      (11, 4, 2, 2, false), (12, 4, 0, 3, true),
    ]
    for (minute, services, shrinking, silent, isOpen) in rounds {
      let wasOpen = breaker.isOpen
      let round = FleetBreaker.Round(services: services, shrinking: shrinking, silent: silent)
      let changed = breaker.observe(round, at: start + .seconds(60 * minute))
      #expect(breaker.isOpen == isOpen && changed == (wasOpen != isOpen), "minute \(minute)")
    }
  }

  @Test("a shrink that is wanted for half an hour is believed; lost metrics hold without end")
  func breakerBelieves() {
    var breaker = FleetBreaker()
    var open: [Int64] = []
    for minute in 0..<120 as Range<Int64> {
      let round = FleetBreaker.Round(services: 10, shrinking: minute < 60 ? 6 : 0, silent: 0)
      breaker.observe(round, at: start + .seconds(60 * minute))
      if breaker.isOpen { open.append(minute) }
    }
    #expect(open == Array(0..<30))
    for minute in 120..<600 as Range<Int64> {
      let round = FleetBreaker.Round(services: 10, shrinking: 0, silent: 4)
      breaker.observe(round, at: start + .seconds(60 * minute))
      #expect(breaker.isOpen)
    }
  }

  @Test("a size that somebody else set is set right once; where they insist, it is theirs")
  func foreignWrites() throws {
    var loop = ClosedLoop(try policy(), ready: 19, at: start)
    for _ in 0..<20 { loop.tick(1800) }
    #expect(loop.size == 20)
    loop.ready = 10
    loop.tick(900)
    #expect(loop.autoscaler.lastProposal?.reason.contains("somebody else set 10") == true)
    for _ in 0..<8 { loop.tick(1800) }
    let restored = loop.size
    #expect(restored >= 20)
    // Insisting on more than is needed is respected for ten minutes…
    (loop.ready, loop.pending) = (60, [])
    for _ in 0..<38 { loop.tick(1800) }
    #expect(loop.size == 60, "\(loop.autoscaler.lastProposal?.description ?? "")")
    #expect(loop.autoscaler.yieldsToForeignWrites)
    // …and then forgotten.
    for _ in 0..<80 { loop.tick(1800) }
    #expect(loop.size < 60)
  }

  @Test("a fleet that grew as commanded and is not seen afterwards is not taken for its old size")
  func grownUnseen() throws {
    var autoscaler = Autoscaler(policy: try policy())
    for case .scale(let command) in autoscaler.handle(.observed(seen(2000, 10, 0))) {
      #expect(command.replicas >= 20)
      _ = autoscaler.handle(
        .scaled(command.decision, .accepted(replicas: command.replicas), at: start))
    }
    let blind = Observation(time: start + .seconds(15), rate: 1500, queue: 0)
    let effects = autoscaler.handle(.observed(blind))
    let isCommanded = effects.contains { if case .scale = $0 { true } else { false } }
    #expect(!isCommanded)
    #expect(autoscaler.lastProposal?.target ?? 0 >= 20)
  }

  @Test("a floor that is not ours any more is commanded again, and the decision says whose it is")
  func changedFloors() throws {
    var autoscaler = Autoscaler(policy: try policy(mode: .floor))
    func commands(_ changed: ChangedFloor?) -> [Int] {
      var observation = seen(1800, 20, 0)
      observation.changedFloor = changed
      return autoscaler.handle(.observed(observation)).compactMap { effect in
        guard case .scale(let command) = effect else { return nil }
        _ = autoscaler.handle(
          .scaled(command.decision, .accepted(replicas: command.replicas), at: start))
        return command.replicas
      }
    }
    let first = try #require(commands(nil).first)
    #expect(commands(nil).isEmpty)
    #expect(commands(ChangedFloor(replicas: 2, isPlanned: false)) == [first])
    #expect(autoscaler.newestDecision?.reason.contains("somebody else set 2") == true)
    #expect(commands(ChangedFloor(replicas: 3, isPlanned: true)) == [first])
    #expect(autoscaler.newestDecision?.reason.contains("somebody") == false)
    #expect(commands(ChangedFloor(replicas: first, isPlanned: true)).isEmpty)
    #expect(commands(nil).isEmpty)
  }

  @Test("a journal from before floors were watched is read as it was")
  func oldObservations() throws {
    var observation = seen(1800, 20, 0)
    let old = Event.observed(observation).encoded
    observation.changedFloor = ChangedFloor(replicas: 4, isPlanned: true)
    let new = Event.observed(observation).encoded
    #expect(new.bytes.starts(with: old.bytes) && new.bytes.count > old.bytes.count)
    for encoded in [old, new] {
      #expect(try Event(encoded) { _ in nil }.encoded == encoded)
    }
    #expect(try Event(new) { _ in nil } == .observed(observation))
  }

  @Test("while the platform still follows a command nothing is taken for somebody else's")
  func slowPlatform() throws {
    var autoscaler = Autoscaler(policy: try policy())
    let effects = autoscaler.handle(.observed(seen(1800, 4, 0)))
    for case .scale(let command) in effects {
      _ = autoscaler.handle(
        .scaled(command.decision, .accepted(replicas: command.replicas), at: start))
    }
    for tick in 1..<6 {
      _ = autoscaler.handle(.observed(seen(1800, 4 + tick, tick)))
      #expect(autoscaler.lastProposal?.reason.contains("somebody") == false)
    }
  }

  @Test("when the month's budget would not last, the headroom goes and what is observed stays")
  func monthlyBudget() throws {
    // From the 13th to the month's end are 432 hours: 7,200 replica-hours pay for 16 replicas.
    let service = try policy(max: 400) {
      $0.price = Price(perReplicaHour: 1, monthlyBudget: 7200)
      $0.scaling.utilization = 0.5
    }
    var loop = ClosedLoop(service, ready: 20, at: start)
    for _ in 0..<240 { loop.tick(1000) }
    #expect(loop.size == 16)
    #expect(loop.autoscaler.lastProposal?.reason.contains("monthly budget") == true)
    for _ in 0..<20 { loop.tick(1800) }
    #expect(loop.size >= 18, "what is observed to be needed is never saved at")
  }

  @Test("a stated price of a late request can only raise the level that is planned with")
  func pricedViolations() throws {
    let fitted = try Trained.fitted()
    func level(_ perViolation: Double?) throws -> Double {
      let service = try policy(forecast: true) {
        $0.objective.violation = 0.01
        $0.price = Price(perReplicaHour: 0.1, perViolation: perViolation)
      }
      var loop = ClosedLoop(service, ready: 10, at: start)
      _ = loop.autoscaler.handle(.fitted(fitted))
      loop.tick(1000)
      return try #require(loop.autoscaler.forecast?.level)
    }
    let unpriced = try level(nil)
    #expect(try level(1e-9) == unpriced)
    // Half of a replica's price: a level of 0.5 would do for that, and what the budget asks for stays.
    #expect(try level(0.2 / 360_000) == unpriced)
    #expect(unpriced > 0.5)
    // 0.1 an hour against 100/s * 3600 s * 0.001 = 360: one in 3,600 may be late.
    #expect(abs(try level(0.001) - (1 - 0.1 / 360)) < 1e-12)
  }

  @Test("capacity that will be wanted again within its own boot time is kept")
  func keepsWhatIsWantedAgain() throws {
    // Every half hour demand falls to a third for three minutes; a boot takes ten.
    let service = try policy(boot: .seconds(600), max: 400, forecast: true) {
      $0.forecast.seasons = [.seconds(1800)]
    }
    let dip: (Timestamp, Double) -> Double = { time, _ in
      time.seconds % 1800 < 180 ? 700 : 2000
    }
    let history = seasonalHistory(service, days: 3, mean: 2000, until: start, change: dip)
    var loop = ClosedLoop(service, ready: 24, at: start)
    _ = loop.autoscaler.handle(
      .fitted(try DemandFitting.fit(history, policy: service, deliveredAt: start).get()))
    for _ in 0..<480 {
      loop.tick(dip(loop.now, 0))
      #expect(loop.size >= 18, "\(loop.autoscaler.lastProposal?.description ?? "")")
    }
  }

  private func seen(
    _ rate: Double, _ ready: Int, _ tick: Int, isRollingOut: Bool? = nil
  ) -> Observation {
    Observation(
      time: start + .seconds(15 * tick), rate: rate, queue: 0, ready: ready, pending: [],
      isRollingOut: isRollingOut)
  }
}
