import Control
import Domain
import Testing

@Suite("The fail-static plan")
struct PlanTests {
  /// A Monday at midnight.
  let start = Timestamp(seconds: 1_699_833_600)

  private func fitted(
    edit: (inout ServicePolicy) -> Void = { _ in }
  ) throws -> ClosedLoop {
    let service = try policy(max: 200, forecast: true) {
      $0.holdsPlans = true
      edit(&$0)
    }
    var loop = ClosedLoop(service, ready: 12, at: start)
    _ = loop.autoscaler.handle(.fitted(try Trained.fitted()))
    return loop
  }

  @Test("floors cover the day to come, in order, merged, a quarter of an hour apart")
  func coversTheDay() throws {
    var loop = try fitted()
    loop.tick(seasonalRate(mean: 2000, at: start))
    let plan = try #require(loop.plans.first)
    #expect(plan.floors.count > 10 && plan.floors.count <= 97)
    for (earlier, later) in zip(plan.floors, plan.floors.dropFirst()) {
      #expect(later.from.since(earlier.from) >= .seconds(900))
      #expect(later.replicas != earlier.replicas)
    }
    for hour in 1..<24 {
      let time = start + .seconds(hour * 3600)
      let floor = try #require(plan.floors.last { $0.from <= time }).replicas
      let needed = seasonalRate(mean: 2000, at: time) / 100
      #expect(Double(floor) >= 0.95 * needed, "hour \(hour): \(floor) for \(needed)")
      #expect(Double(floor) <= 1.5 * needed + 3, "hour \(hour): \(floor) for \(needed)")
    }
  }

  @Test("whoever reads it a day after our end has the highest floor")
  func endsHigh() throws {
    var loop = try fitted()
    loop.tick(seasonalRate(mean: 2000, at: start))
    let plan = try #require(loop.plans.first)
    #expect(plan.floors.last?.replicas == plan.floors.map(\.replicas).max())
  }

  @Test("an announced event is in it")
  func holdsEvents() throws {
    let sale = AnnouncedEvent(
      name: "sale", from: start + .seconds(36_000), to: start + .seconds(43_200), uplift: 3)
    var loop = try fitted(edit: { $0.events = [sale] })
    loop.tick(seasonalRate(mean: 2000, at: start))
    let plan = try #require(loop.plans.first)
    let floor = try #require(plan.floors.last { $0.from <= sale.from }).replicas
    #expect(Double(floor) >= 2.85 * seasonalRate(mean: 2000, at: sale.from) / 100)
  }

  @Test("a new one is made every hour, for the day that follows it")
  func refreshes() throws {
    var loop = try fitted()
    for _ in 0..<(4 * 60 * 3) { loop.tick(seasonalRate(mean: 2000, at: loop.now)) }
    #expect(loop.plans.count == 3)
    for (earlier, later) in zip(loop.plans, loop.plans.dropFirst()) {
      #expect(later.time.since(earlier.time) == .seconds(3600))
      let first = try #require(later.floors.first).from
      let last = try #require(later.floors.last).from
      #expect(first <= later.time + .seconds(900))
      #expect(last > later.time + .seconds(12 * 3600) && last <= later.time + .seconds(90_000))
    }
  }

  /// Quiet nights and busy days that repeat to the minute: from 6 to 18 o'clock ten times the rest,
  /// with a ramp of ten minutes.
  private func repeatedRate(at time: Timestamp) -> Double {
    let minute = Double(time.seconds % 86_400) / 60
    let up = min(1, max(0, (minute - 360) / 10))
    let down = min(1, max(0, (minute - 1080) / 10))
    return 200 + 1800 * (up - down)
  }

  @Test("where days repeat to the minute the season before is the plan, a quarter of an hour wide")
  func seasonBefore() throws {
    let service = try policy(max: 200, forecast: true) { $0.holdsPlans = true }
    let history = seasonalHistory(service, days: 15, mean: 1, until: start) { time, _ in
      repeatedRate(at: time)
    }
    let fitted = try DemandFitting.fit(history, policy: service, deliveredAt: start).get()
    var loop = ClosedLoop(service, ready: 4, at: start)
    _ = loop.autoscaler.handle(.fitted(fitted))
    loop.tick(repeatedRate(at: start))
    let plan = try #require(loop.plans.first)
    for minute in 1..<(24 * 60 - 45) {
      let time = start + .seconds(minute * 60)
      let floor = Double(try #require(plan.floors.last { $0.from <= time }).replicas)
      // A step beside it, one that a boot looks ahead, and its own width.
      let around = (-45...45).map { repeatedRate(at: time + .seconds($0 * 60)) / 100 }
      #expect(floor >= repeatedRate(at: time) / 100, "minute \(minute): \(floor)")
      #expect(floor <= (around.max() ?? 0).rounded(.up), "minute \(minute): \(floor)")
    }
  }

  @Test("the season before follows what is observed and survives a restart")
  func seasonBeforeGoesOn() throws {
    let service = try policy(max: 200, forecast: true) { $0.holdsPlans = true }
    let history = seasonalHistory(service, days: 15, mean: 1, until: start) { time, _ in
      repeatedRate(at: time)
    }
    let fitted = try DemandFitting.fit(history, policy: service, deliveredAt: start).get()
    let stored = try FittedDemand(
      modelBytes: fitted.modelBytes, through: fitted.through, deliveredAt: fitted.deliveredAt)
    #expect(stored == fitted)
    var loop = ClosedLoop(service, ready: 4, at: start)
    _ = loop.autoscaler.handle(.fitted(stored))
    // A night that is three times as busy.
    for _ in 0..<(4 * 60 * 3) { loop.tick(3 * repeatedRate(at: loop.now)) }
    let restored = try Autoscaler(snapshot: loop.autoscaler.snapshot)
    #expect(restored.snapshot == loop.autoscaler.snapshot)
    let plan = try #require(loop.plans.last)
    let tomorrow = start + .seconds(86_400 + 3600)
    let floor = try #require(plan.floors.last { $0.from <= tomorrow }).replicas
    #expect(floor >= 6, "what the last night brought counts: \(floor)")
  }

  @Test("no plan is made for a platform that holds none, nor by a process that does not lead")
  func onlyWhereItIsHeld() throws {
    var without = try fitted(edit: { $0.holdsPlans = false })
    without.tick(1000)
    #expect(without.plans.isEmpty)
    var follower = try fitted()
    _ = follower.autoscaler.handle(.leadershipChanged(fencingToken: nil, at: start))
    follower.tick(1000)
    #expect(follower.plans.isEmpty)
  }
}
