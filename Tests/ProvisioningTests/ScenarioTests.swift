import Control
import Domain
import Forecasting
import RealModule
import Testing

@testable import Provisioning

@Suite("Scenarios")
struct ScenarioTests {
  static let start = time("2026-12-01T00:00:00Z")

  @Test("growth is a constant, a ramp, or dated steps")
  func growth() {
    let day = Duration.seconds(86_400)
    #expect(GrowthPlan(constant: 3).factor(at: Self.start) == 3)
    let ramp = GrowthPlan(changes: [.init(from: Self.start, factor: 3, over: day * 4)])
    #expect(ramp.factor(at: Self.start - day) == 1)
    #expect(ramp.factor(at: Self.start + day) == 1.5)
    #expect(ramp.factor(at: Self.start + day * 9) == 3)
    let launch = GrowthPlan(changes: [
      .init(from: Self.start + day * 2, factor: 0.5), .init(from: Self.start, factor: 2),
    ])
    #expect(launch.factor(at: Self.start + day) == 2)
    #expect(launch.factor(at: Self.start + day * 2) == 0.5)
    let broken = GrowthPlan(changes: [
      .init(from: Self.start, factor: 3, over: day * 4),
      .init(from: Self.start + day * 2, factor: 2, over: .zero),
    ])
    #expect(broken.factor(at: Self.start + day * 2 - .seconds(1)) < 2)
    #expect(broken.factor(at: Self.start + day * 3) == 2)
    #expect(!GrowthPlan(constant: 0).isValid && !GrowthPlan(constant: .nan).isValid)
  }

  @Test("prices change on their date")
  func prices() {
    let schedule = PriceSchedule(
      0.1, changes: [.init(from: Self.start, perInstanceHour: 0.08)])
    #expect(schedule.price(at: Self.start - .seconds(1)) == 0.1)
    #expect(schedule.price(at: Self.start) == 0.08)
  }

  @Test("three times the demand costs less than three times as much, because headroom is shared")
  func threefold() throws {
    let forecaster = try Worlds.forecaster()
    let today = try forecaster.forecast(Worlds.request(forecaster, days: 14, paths: 50))
    let scenario = ProvisioningScenario(name: "3x", growth: GrowthPlan(constant: 3))
    let tripled = try forecaster.forecast(
      Worlds.request(forecaster, days: 14, paths: 50, scenario: scenario))
    let rows = ScenarioComparison([("today", today), ("3x", tripled)]).rows
    #expect((rows[1].demandMean / rows[0].demandMean - 3).magnitude < 1e-4)
    #expect(rows[1].ratioToFirst > 2.8 && rows[1].ratioToFirst < 3)
    let cost = try #require(rows[1].listCost)
    #expect(rows[1].linear > cost.mean)
  }

  @Test("an event raises the hours that it lasts, and no others")
  func event() throws {
    let forecaster = try Worlds.forecaster()
    let start = forecaster.input.history.end
    let event = AnnouncedEvent(
      name: "sale", from: start + .seconds(10 * 3600), to: start + .seconds(12 * 3600), uplift: 2)
    let plain = try forecaster.forecast(Worlds.request(forecaster, days: 1, paths: 20))
    let raised = try forecaster.forecast(
      Worlds.request(
        forecaster, days: 1, paths: 20,
        scenario: ProvisioningScenario(name: "sale", events: [event])))
    let ratios = zip(raised.paths.expectedDemand, plain.paths.expectedDemand).map { $0 / $1 }
    for (hour, ratio) in ratios.enumerated() {
      #expect((ratio - ((10..<12).contains(hour) ? 2 : 1)).magnitude < 1e-5)
    }
  }

  @Test("holidays and what recurs by rule count as what is announced does")
  func calendar() throws {
    let history = Worlds.history(days: 42, seed: 3)
    let noon = history.end + .seconds(12 * 3600)
    var policy = Worlds.policy()
    let uplift = try #require(EventUplift(factor: 2))
    policy.calendar = [
      CalendarEvent(
        name: "show",
        times: .recurring(
          firstLocal: noon.seconds, duration: 7200,
          rule: try RecurrenceRule(parsing: "FREQ=WEEKLY")), height: .given(uplift)),
      CalendarEvent(
        name: "holiday", times: .days([CivilDate(days: Int(history.end.seconds / 86_400) + 2)]),
        height: .given(uplift)),
    ]
    func expected(_ policy: ServicePolicy) throws -> [Double] {
      let forecaster = try ServiceForecaster(
        ServiceInput(policy: policy, history: history), response: Worlds.plainResponse)
      return try forecaster.forecast(Worlds.request(forecaster, days: 8, paths: 20)).paths
        .expectedDemand
    }
    var plain = policy
    plain.calendar = []
    let ratios = zip(try expected(policy), try expected(plain)).map { $0 / $1 }
    for (hour, ratio) in ratios.enumerated() {
      let isRaised = [12, 13, 180, 181].contains(hour) || (48..<72).contains(hour)
      #expect((ratio - (isRaised ? 2 : 1)).magnitude < 1e-5, "hour \(hour): \(ratio)")
    }
  }

  /// A service whose sales of four hours tripled demand, three times so far, with one more to come.
  private func sales(
    _ name: String = "web", past: [Double] = [2.4, 3, 3.75]
  ) throws -> (forecaster: ServiceForecaster, ahead: AnnouncedEvent) {
    var history = Worlds.history(days: 42, seed: 3)
    var policy = Worlds.policy(name)
    for (index, factor) in past.enumerated() {
      let first = (20 + 7 * index) * 24 + 10
      for hour in first..<(first + 4) { history.values[hour] *= factor }
      policy.events.append(sale(at: history.time(at: first)))
    }
    let ahead = sale(at: history.end + .seconds(34 * 3600))
    policy.events.append(ahead)
    let input = ServiceInput(policy: policy, history: history)
    return (try ServiceForecaster(input, response: Worlds.plainResponse), ahead)
  }

  private func sale(at begin: Timestamp) -> AnnouncedEvent {
    AnnouncedEvent(
      name: "sale", from: begin, to: begin + .seconds(4 * 3600), uplift: 1, isLearned: true)
  }

  /// Per hour and path, what the event multiplied demand by.
  private func factors(
    _ forecaster: ServiceForecaster, paths: Int
  ) throws -> [[Double]] {
    let request = Worlds.request(forecaster, days: 3, paths: paths)
    let raised = try forecaster.forecast(request).paths
    let plain = forecaster.outlook.paths(
      from: request.start, hours: request.hours, count: paths,
      seed: request.seed ^ ServiceForecaster.number(of: forecaster.input.id))
    return (0..<request.hours).map { hour in
      raised.row(hour).map { Double(raised.demand[$0]) / Double(plain[$0]) }
    }
  }

  @Test("a learnt event comes as high as it did, and as unsure as it was")
  func learnt() throws {
    let factors = try factors(try sales().forecaster, paths: 400)
    for hour in factors.indices where !(34..<38).contains(hour) {
      #expect(factors[hour].allSatisfy { ($0 - 1).magnitude < 1e-5 }, "hour \(hour)")
    }
    let sample = Sample(factors[34])
    #expect((sample.quantile(0.5) / 3 - 1).magnitude < 0.06, "\(sample.quantile(0.5))")
    // Two deviations of 0.22 in the logarithm and one of 0.3, over three, and a third of that more.
    let spread = Double.log(sample.quantile(0.9) / sample.quantile(0.1)) / 2.563
    #expect((spread - 0.289).magnitude < 0.05, "\(spread)")
    for hour in 35..<38 {
      #expect(zip(factors[34], factors[hour]).allSatisfy { ($0 / $1 - 1).magnitude < 1e-4 })
    }
  }

  @Test("an event that was never seen adds nothing but doubt")
  func unseen() throws {
    let sample = Sample(try factors(try sales(past: []).forecaster, paths: 400)[34])
    #expect((sample.quantile(0.5) - 1).magnitude < 0.06)
    #expect(sample.quantile(0.9) > 1.3 && sample.quantile(0.1) < 0.75)
  }

  @Test("two services meet one event in the same size")
  func sharedEvent() throws {
    let first = try factors(try sales("web").forecaster, paths: 50)[35]
    let second = try factors(try sales("shop").forecaster, paths: 50)[35]
    #expect(zip(first, second).allSatisfy { ($0 / $1 - 1).magnitude < 1e-4 })
    #expect(Set(first).count > 40)
  }

  @Test("past events do not raise the days without one")
  func pastEvents() throws {
    let quiet = try Worlds.forecaster(seed: 3).outlook
    let cleaned = try sales().forecaster.outlook
    for (with, without) in zip(cleaned.level.expected, quiet.level.expected) {
      #expect((with - without).magnitude < 0.02)
    }
  }

  @Test("larger instances take fewer of them, at their own price")
  func instance() throws {
    let forecaster = try Worlds.forecaster()
    let large = InstanceType(name: "large", ratePerInstance: 10, pricePerHour: 0.15)
    let forecast = try forecaster.forecast(
      Worlds.request(
        forecaster, days: 7, paths: 20,
        scenario: ProvisioningScenario(name: "large", instance: large)))
    let plain = try forecaster.forecast(Worlds.request(forecaster, days: 7, paths: 20))
    let (a, b) = (forecast.periods(.day)[0], plain.periods(.day)[0])
    #expect(a.units.mean < 0.6 * b.units.mean && a.units.mean > 0.45 * b.units.mean)
    #expect(forecast.unitPrice == 0.15)
    let cost = try #require(a.listCost)
    #expect((cost.mean / a.units.mean - 0.15).magnitude < 1e-5)
  }

  @Test("money is netted against what is committed")
  func purchase() throws {
    let forecaster = try Worlds.forecaster()
    let offer = CommitmentOffer(name: "plan", discount: 0.3)
    let request = Worlds.request(
      forecaster, days: 10, paths: 50,
      purchases: ["web": PurchaseMix(committedUnits: 15, offer: offer)])
    let rows = try forecaster.forecast(request).periods(.day)
    for row in rows {
      #expect(row.committedUnits == 15 * row.period.hours)
      let utilization = try #require(row.commitmentUtilization)
      let (list, effective) = (try #require(row.listCost), try #require(row.effectiveCost))
      let bill = 0.1 * (0.7 * row.committedUnits + row.onDemandUnits)
      #expect((effective.mean - bill).magnitude < 1e-4 * bill)
      #expect(
        (utilization * row.committedUnits + row.onDemandUnits - row.units.mean).magnitude
          < 1e-4 * row.units.mean)
      #expect(effective.mean < list.mean)
    }
  }

  @Test(
    "requests that make no sense are refused with a sentence",
    arguments: [(0, 200), (20_000, 200), (24, 0), (24, 100_000)])
  func refused(hours: Int, paths: Int) throws {
    let forecaster = try Worlds.forecaster(days: 7)
    let request = ProvisioningRequest(
      start: forecaster.input.history.end, hours: hours, paths: paths)
    #expect(throws: ProvisioningError.self) { try forecaster.forecast(request) }
  }
}
