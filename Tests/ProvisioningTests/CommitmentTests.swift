import Domain
import Simulation
import Testing

@testable import Provisioning

@Suite("Commitments")
struct CommitmentTests {
  /// The cost of committing to so many instances, written down as the bill would be.
  private func bill(_ demand: [Float], units: Double, price: Double, discount: Double) -> Double {
    demand.reduce(0) {
      $0 + (1 - discount) * price * units + price * max(0, Double($1) - units)
    }
  }

  @Test("the optimum is what trying every amount finds", arguments: [UInt64](1...40))
  func bruteForce(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let hours = 20 + Int(random.uniform() * 300)
    let top = 1 + (random.uniform() * 60).rounded(.down)
    let demand = (0..<hours).map { _ in Float((random.uniform() * random.uniform() * top).rounded())
    }
    let discount = 0.05 + 0.9 * random.uniform()
    let analyst = CommitmentAnalyst(HourlyNeed(units: demand, price: 0.37))
    for kind in CommitmentOffer.Kind.allCases {
      let offer = CommitmentOffer(name: "offer", kind: kind, discount: discount)
      let found = bill(
        demand, units: analyst.analyse(offer).best.units, price: 0.37, discount: discount)
      let tried = stride(from: 0.0, through: top + 1, by: 0.25).map {
        bill(demand, units: $0, price: 0.37, discount: discount)
      }
      let least = tried.min() ?? .infinity
      #expect(found <= least * (1 + 1e-9), "seed \(seed), \(kind)")
    }
  }

  @Test("reserved instances are whole, at whatever the need is", arguments: [UInt64](1...20))
  func wholeInstances(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let demand = (0..<200).map { _ in Float(5 + 4 * random.normal()) }.map { max(0, $0) }
    let offer = CommitmentOffer(name: "ri", kind: .reservedInstance, discount: 0.4)
    let units = CommitmentAnalyst(HourlyNeed(units: demand, price: 1)).analyse(offer).best.units
    #expect(units == units.rounded())
    let costs = (0...20).map { bill(demand, units: Double($0), price: 1, discount: 0.4) }
    #expect(
      bill(demand, units: units, price: 1, discount: 0.4) <= (costs.min() ?? 0) * (1 + 1e-9),
      "seed \(seed)")
  }

  @Test(
    "the optimum is the quantile of the hourly need at the discount",
    arguments: [(0.28, 28.0), (0.4, 40), (0.66, 66)])
  func quantile(discount: Double, units: Double) {
    let demand = (1...100).map { Float($0) }
    let analyst = CommitmentAnalyst(HourlyNeed(units: demand, price: 2))
    let analysis = analyst.analyse(CommitmentOffer(name: "plan", discount: discount))
    #expect(analysis.best.units == units)
    #expect((analysis.breakEvenUtilization - (1 - discount)).magnitude < 1e-12)
    let expected = demand.reduce(0.0) {
      $0 + 2 * min(Double($1), units) - 2 * (1 - discount) * units
    }
    #expect((analysis.best.savings.mean - expected).magnitude < 1e-9)
    #expect((analysis.best.hourlyCommitment - 2 * (1 - discount) * units).magnitude < 1e-12)
  }

  @Test("the last committed instance earns as much as it costs")
  func marginal() throws {
    let demand = (0..<1000).map { Float($0 % 100) }
    let analyst = CommitmentAnalyst(HourlyNeed(units: demand, price: 1))
    let offer = CommitmentOffer(name: "plan", discount: 0.3)
    let best = analyst.analyse(offer).best.units
    for point in analyst.marginalCurve(offer, points: 100) where point.units < 98 {
      #expect(point.units < best ? point.saving > -1e-9 : point.saving < 1e-9)
      #expect(point.utilization >= 0 && point.utilization <= 1)
    }
    let curve = analyst.durationCurve(points: 11)
    #expect(curve.map(\.p50) == curve.map(\.p50).sorted(by: >))
    #expect(curve.first?.p50 == 99)
    #expect(curve.last?.p50 == 0)
  }

  @Test("cheaper spot makes a smaller commitment the best one")
  func spot() throws {
    let forecaster = try Worlds.forecaster()
    let forecast = try forecaster.forecast(Worlds.request(forecaster, days: 14, paths: 40))
    let offer = CommitmentOffer(name: "plan", discount: 0.4)
    let plain = CommitmentAnalyst(forecast).analyse(offer)
    let terms = SpotTerms(discount: 0.7, maximumShare: 0.5)
    let mixed = CommitmentAnalyst(forecast, spot: terms).analyse(offer)
    #expect(mixed.best.units < plain.best.units)
    #expect(mixed.breakEvenUtilization > plain.breakEvenUtilization)
    let dear = SpotTerms(
      discount: 0.02, maximumShare: 0.5, interruptionsPerHour: 1, replacementHours: 0.2)
    #expect(dear.share == 0)
    #expect(CommitmentAnalyst(forecast, spot: dear).analyse(offer).best == plain.best)
  }

  @Test("what is committed already is not bought again")
  func existing() {
    let demand = (1...100).map { Float($0) }
    let offer = CommitmentOffer(name: "plan", discount: 0.5)
    let fresh = CommitmentAnalyst(HourlyNeed(units: demand, price: 1)).analyse(offer)
    let reduced = HourlyNeed(units: demand.map { max(0, $0 - 30) }, price: 1)
    let more = CommitmentAnalyst(reduced).analyse(offer)
    #expect(more.best.units == fresh.best.units - 30)
  }

  @Test("an upfront payment is earned back within the term, or it is said that it is not")
  func breakEven() throws {
    let demand = [Float](repeating: 10, count: 730)
    let analyst = CommitmentAnalyst(HourlyNeed(units: demand, price: 1))
    let offer = CommitmentOffer(
      name: "ri", kind: .reservedInstance, payment: .allUpfront, termMonths: 12, discount: 0.4)
    let analysis = analyst.analyse(offer)
    // Twelve months at 60 % are paid ahead and replace 100 % a month: 7.2 months.
    let months = try #require(analysis.breakEvenMonths)
    #expect((months - 7.2).magnitude < 1e-9)
    #expect(!analysis.isJudgedWhole)
    #expect(analysis.best.probabilityOfLoss == 0)
  }

  @Test("loss is as likely as the share of futures that lose")
  func probabilityOfLoss() throws {
    let forecaster = try Worlds.forecaster(dayNoise: 0.3)
    let forecast = try forecaster.forecast(Worlds.request(forecaster, days: 30, paths: 100))
    let analyst = CommitmentAnalyst(forecast)
    let offer = CommitmentOffer(name: "plan", discount: 0.3)
    let rows = analyst.candidates(offer)
    #expect(rows.count { $0.isRecommended } == 1)
    #expect(rows.map(\.units) == rows.map(\.units).sorted())
    let best = try #require(rows.first { $0.isRecommended })
    #expect(rows.allSatisfy { $0.savings.mean <= best.savings.mean + 1e-9 })
    let losses = rows.map(\.probabilityOfLoss)
    #expect(losses == losses.sorted())
    #expect(try #require(losses.last) > 0.9)
  }
}
