import Control
import Domain
import Forecasting
import Testing

@Suite("What is learnt of the service")
struct LearningTests {
  /// A Monday at midnight.
  let start = Timestamp(seconds: 1_699_833_600)

  @Test("the configured boot time stands until ten boots were seen, then what was measured does")
  func measuresBoots() throws {
    let service = try policy(boot: .seconds(60), max: 400, forecast: true)
    var loop = ClosedLoop(service, ready: 10, at: start, boot: .seconds(180))
    for tick in 0..<(4 * 60 * 30) {
      loop.tick(tick % 40 < 20 ? 600 : 1200)
      if tick == 30 { #expect(loop.autoscaler.leadTime == .seconds(90)) }
    }
    #expect(loop.autoscaler.measuredBoot == .seconds(180))
    #expect(loop.autoscaler.leadTime == .seconds(210))
    #expect(loop.fitRequests.first?.boot == .seconds(60))
    #expect(loop.fitRequests.last?.boot == .seconds(180))
  }

  @Test("a decision says how much of the violation budget is spent, and goes by it")
  func budgetIsTold() throws {
    let service = try policy(max: 4000, forecast: true) { $0.objective.violation = 0.01 }
    var loop = ClosedLoop(service, ready: 12, at: start)
    _ = loop.autoscaler.handle(.fitted(try Trained.fitted()))
    func told(_ decision: Decision) -> Double? {
      for case .violations(let spent) in decision.trail { return spent }
      return nil
    }
    let calm = try loop.decide(seasonalRate(mean: 2000, at: loop.now))
    #expect(told(calm) == 0)
    for _ in 0..<8 { loop.tick(6 * seasonalRate(mean: 2000, at: loop.now)) }
    let after = try loop.decide(seasonalRate(mean: 2000, at: loop.now))
    let spent = try #require(told(after))
    #expect(spent > 0 && spent == loop.autoscaler.spentShare)
    #expect(after.reason.contains("% of the violation budget spent"), "\(after)")
    let fixed = try policy(max: 4000, forecast: true) { $0.scaling.risk = .fixed(0.02) }
    var other = ClosedLoop(fixed, ready: 12, at: start)
    _ = other.autoscaler.handle(.fitted(try Trained.fitted()))
    #expect(told(try other.decide(1000)) == nil && other.autoscaler.spentShare == nil)
  }

  @Test("a model that was fitted for another boot time looks that far ahead")
  func looksAheadForTheMeasuredBoot() throws {
    let service = try policy(boot: .seconds(60), forecast: true)
    let history = seasonalHistory(service, days: 15, mean: 2000, until: start)
    let near = try Trained.fitted()
    let far = try DemandFitting.fit(
      history, policy: service, deliveredAt: start, boot: .seconds(600)
    ).get()
    #expect(far.model.lead.last > near.model.lead.last)
    let encoded = Event.fitted(far).encoded
    #expect(try Event(encoded) { _ in far.modelBytes } == .fitted(far))
  }

  @Test("a proven model decides; one whose world has changed is left aside, and comes back")
  func trust() throws {
    let service = try policy(max: 4000, forecast: true)
    let fitted = try Trained.fitted()
    #expect(fitted.isProven == true)
    var loop = ClosedLoop(service, ready: 12, at: start)
    _ = loop.autoscaler.handle(.fitted(fitted))
    for _ in 0..<480 { loop.tick(seasonalRate(mean: 2000, at: loop.now)) }
    #expect(loop.autoscaler.trust == .full)
    // Every few minutes twice or half: nothing that was learnt speaks of that.
    var dice = Dice(seed: 2)
    var factor = 1.0
    var worst = loop.autoscaler.trust
    for tick in 0..<1920 {
      if tick % 24 == 0 { factor = dice.chance(0.5) ? 0.4 : 3 }
      loop.tick(factor * seasonalRate(mean: 2000, at: loop.now))
      worst = min(worst, loop.autoscaler.trust)
    }
    #expect(worst < .full)
    #expect(loop.autoscaler.exceedance > 0)
    // A grade is earned back slowly: the bad day has to fade first.
    for _ in 0..<(4 * 60 * 80) { loop.tick(seasonalRate(mean: 2000, at: loop.now)) }
    #expect(loop.autoscaler.trust == .full)
  }

  @Test("a model that asks for too little is not left aside for a reaction that asks for less")
  func tooLittle() throws {
    var loop = ClosedLoop(try policy(max: 4000, forecast: true), ready: 12, at: start)
    _ = loop.autoscaler.handle(.fitted(try Trained.fitted()))
    // Up by one per cent a tick again and again, more than the lead was ever worth.
    var rate = 500.0
    for tick in 0..<2400 {
      rate = tick % 120 == 0 ? 500 : 1.01 * rate
      loop.tick(rate)
    }
    #expect(loop.autoscaler.exceedance > 0.05)
    #expect(loop.autoscaler.trust == .blended)
    #expect(loop.autoscaler.lastProposal?.reason.contains("no forecast") == false)
  }

  @Test("a calm half day, which the season before knows better, does not end in reaction alone")
  func calmMorning() throws {
    var loop = ClosedLoop(try policy(max: 4000, forecast: true), ready: 12, at: start)
    _ = loop.autoscaler.handle(.fitted(try Trained.fitted()))
    for _ in 0..<(4 * 60 * 12) { loop.tick(seasonalRate(mean: 2000, at: loop.now, noise: 0)) }
    #expect(loop.autoscaler.trust > .reactiveOnly)
  }

  @Test("a learned event has the multiplier of its last occurrences, ramp included")
  func learnsUplifts() throws {
    let (wednesday, opening, closing) = (Duration.seconds(172_800), 36_000, 50_400)
    let next = AnnouncedEvent(
      name: "sale", from: start + wednesday + .seconds(opening),
      to: start + wednesday + .seconds(closing), uplift: 1, rise: .seconds(600),
      isLearned: true)
    var sale = next
    (sale.from, sale.to) = (next.from - .seconds(604_800), next.to - .seconds(604_800))
    let service = try policy(max: 4000, forecast: true) { $0.events = [sale, next] }
    let history = seasonalHistory(service, days: 15, mean: 2000, until: start) { time, rate in
      rate * (1 + 1.5 * sale.share(at: time))
    }
    let fitted = try DemandFitting.fit(history, policy: service, deliveredAt: start).get()
    let learnt = try #require(fitted.uplifts.first)
    #expect(learnt.name == "sale")
    #expect(abs(learnt.uplift.factor - 2.5) < 0.1, "\(learnt.uplift)")
    var loop = ClosedLoop(service, ready: 12, at: start)
    _ = loop.autoscaler.handle(.fitted(fitted))
    while loop.now < next.span.from - .seconds(15) {
      loop.tick(seasonalRate(mean: 2000, at: loop.now))
    }
    let needed = 2.5 * seasonalRate(mean: 2000, at: next.span.from) / 100
    #expect(Double(loop.size) >= needed, "\(loop.autoscaler.lastProposal?.description ?? "")")
    #expect(loop.autoscaler.lastProposal?.reason.contains("event sale") == true)
  }

  @Test("excluded spans and outages of the past teach nothing")
  func leavesOutWhatIsBad() throws {
    let bad = TimeSpan(from: start - .seconds(259_200), to: start - .seconds(172_800))
    let plain = try policy(boot: .seconds(150), forecast: true)
    let excluding = try policy(boot: .seconds(150), forecast: true) { $0.forecast.excluded = [bad] }
    let clean = seasonalHistory(plain, days: 15, mean: 2000, until: start)
    var holed = clean
    for index in holed.values.indices where bad.contains(holed.time(at: index)) {
      holed.values[index] = .nan
    }
    let spoilt = seasonalHistory(plain, days: 15, mean: 2000, until: start) { time, rate in
      bad.contains(time) ? 50 * rate : rate
    }
    let expected = try DemandFitting.fit(holed, policy: plain, deliveredAt: start).get()
    #expect(try DemandFitting.fit(spoilt, policy: excluding, deliveredAt: start).get() == expected)
    let outage = TimeSpan(from: start - .seconds(266_400), to: start - .seconds(259_200))
    var missing = clean
    for index in missing.values.indices where outage.contains(missing.time(at: index)) {
      missing.values[index] = .nan
    }
    let collapsed = seasonalHistory(plain, days: 15, mean: 2000, until: start) { time, rate in
      outage.contains(time) ? 0.01 * rate : rate
    }
    #expect(
      try DemandFitting.fit(collapsed, policy: plain, deliveredAt: start).get()
        == DemandFitting.fit(missing, policy: plain, deliveredAt: start).get())
  }

  @Test("a metric that was stuck for half a day teaches nothing of it")
  func leavesOutStuckValues() throws {
    let service = try policy(boot: .seconds(150), forecast: true)
    let morning = start - .seconds(259_200 - 6 * 3600)
    let stuck = TimeSpan(from: morning, to: morning + .seconds(12 * 3600))
    // What is measured scatters, or nothing could be told from a metric that does not.
    var dice = Dice(seed: 5)
    let clean = seasonalHistory(service, days: 15, mean: 2000, until: start) { _, rate in
      rate * Double.random(in: 0.97...1.03, using: &dice)
    }
    var missing = clean
    var frozen = clean
    for index in clean.values.indices where stuck.contains(clean.time(at: index)) {
      missing.values[index] = .nan
      frozen.values[index] = clean.values[clean.index(at: morning)]
    }
    let expected = try DemandFitting.fit(missing, policy: service, deliveredAt: start).get()
    #expect(try DemandFitting.fit(frozen, policy: service, deliveredAt: start).get() == expected)
  }

  @Test("a shop that closes on one day of the week has no outage a week")
  func closedDays() throws {
    let service = try policy(forecast: true)
    let isOpen: (Timestamp) -> Bool = { ($0.seconds / 86_400 + 3) % 7 != 6 }
    let history = seasonalHistory(
      service, days: 15, mean: 2000, until: start + .seconds(6 * 86_400 - 3600)
    ) { time, rate in
      isOpen(time) ? rate : 0.01 * rate
    }
    let saturday = start + .seconds(6 * 86_400 - 3600)
    let fitted = try DemandFitting.fit(history, policy: service, deliveredAt: saturday).get()
    var loop = ClosedLoop(service, ready: 12, at: saturday)
    _ = loop.autoscaler.handle(.fitted(fitted))
    while loop.now < saturday + .seconds(3 * 3600) {
      let rate = seasonalRate(mean: 2000, at: loop.now)
      loop.tick(isOpen(loop.now) ? rate : 0.01 * rate)
    }
    #expect(loop.size <= 5, "\(loop.autoscaler.lastProposal?.description ?? "")")
  }
}
