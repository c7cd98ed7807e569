import Control
import Domain
import Provisioning

/// Everything that the page for a meeting shows, computed once.
struct MeetingMaterial: Sendable {
  /// An offer with the amount that is best for it.
  struct Offer: Sendable {
    var offer: CommitmentOffer
    var analysis: CommitmentAnalysis
  }

  let run: ProvisioningRun
  /// The fleet, or the one service that was asked for.
  let forecast: TargetForecast
  let days: [ProvisioningPeriod]
  let months: [ProvisioningPeriod]
  /// The whole span.
  let total: ScenarioComparison.Row?
  /// Days before the forecast, as measured.
  let past: [ActualPeriod]
  /// Empty without a price.
  let offers: [Offer]
  let durations: [DurationPoint]
  /// Nil if there was nothing to simulate.
  let growth: GrowthSummary?
  /// Per month in the price's currency; nil if not every service has one.
  let budget: Double?

  /// What the page speaks about: `the fleet of 3 services`, `checkout`.
  let subject: String

  /// The offer to take: of those for at most a year the one that saves most, if one does.
  ///
  /// A forecast of weeks says little about three years, so longer terms are shown and not advised.
  var advice: Offer? {
    offers.filter { $0.offer.termMonths <= 12 && $0.analysis.best.savings.mean > 0 }
      .max { $0.analysis.best.savings.mean < $1.analysis.best.savings.mean }
  }

  /// Forecasts the run's target, then judges offers and growth.
  static func gather(_ run: ProvisioningRun, jobs: Int) async throws -> MeetingMaterial {
    var total = FleetTotal(target: "*", request: run.request)
    var last: TargetForecast?
    var past: [ActualPeriod]?
    var budget: Double? = 0
    var largest = LargestServices()
    let periods = pastDays(of: run)
    try await run.forecasts(jobs: jobs) { result in
      guard case .success(let found) = result else { return }
      total.add(found.forecast)
      last = found.forecast
      largest.add(found.input)
      let own = found.member.service.priceNote?.monthlyBudget
      budget = budget.flatMap { sum in own.map { sum + $0 } }
      let actual = try await measured(found, over: periods, run: run)
      past = past.map { zip($0, actual).map { $0 + $1 } } ?? actual
    }
    let growth = try await GrowthSummary.study(largest, of: run, jobs: jobs)
    let sum = total.forecast()
    let services = total.services
    let forecast = services == 1 ? last ?? sum : sum
    let (measuredPast, monthlyBudget) = (past ?? [], budget)
    return try await run.fleet.compute.run {
      MeetingMaterial(
        run: run, forecast: forecast, past: measuredPast, growth: growth,
        subject: services == 1 ? forecast.target : "the fleet of \(services) services",
        budget: monthlyBudget)
    }
  }

  private init(
    run: ProvisioningRun, forecast: TargetForecast, past: [ActualPeriod], growth: GrowthSummary?,
    subject: String, budget: Double?
  ) {
    self.run = run
    self.forecast = forecast
    self.past = past
    self.growth = growth
    self.subject = subject
    self.budget = budget
    days = forecast.periods(.day)
    months = forecast.periods(.month)
    total = ScenarioComparison([(name: forecast.target, forecast: forecast)]).rows.first
    if forecast.currency != nil {
      let analyst = CommitmentAnalyst(forecast, existingUnits: forecast.purchase.committedUnits)
      offers = run.fleet.section.offers.map { Offer(offer: $0, analysis: analyst.analyse($0)) }
      durations = analyst.durationCurve(points: 201)
    } else {
      offers = []
      durations = CommitmentAnalyst(forecast).durationCurve(points: 201)
    }
  }

  /// Up to four weeks before the forecast.
  private static func pastDays(of run: ProvisioningRun) -> [Period] {
    let calendar = run.question.calendar
    let from = calendar.nextBoundary(.day, atOrAfter: run.knownUntil - .seconds(28 * 86_400))
    return calendar.periods(.day, from: from, to: run.knownUntil).filter { !$0.isPartial }
  }

  private static func measured(
    _ found: ProvisioningRun.ServiceResult, over periods: [Period], run: ProvisioningRun
  ) async throws -> [ActualPeriod] {
    guard let first = periods.first, let last = periods.last else { return [] }
    let ready = try await run.fleet.ready(of: found.input.id, from: first.start, to: last.end)
    return ActualPeriod.measured(over: periods, demand: found.input.history, ready: ready)
  }
}
