import Domain
import Testing

@testable import Provisioning

@Suite("A month at three times the load")
struct GrowthStudyTests {
  @Test("cost, linear extrapolation and the reactive policy come from one simulator")
  func threefold() async throws {
    let input = ServiceInput(
      policy: Worlds.policy(boot: .seconds(120)), history: Worlds.history(days: 8, seed: 21))
    let offers = [CommitmentOffer(name: "1 year", discount: 0.3)]
    let types = [
      InstanceType(name: "small", ratePerInstance: 2.5, pricePerHour: 0.06),
      InstanceType(name: "large", ratePerInstance: 12, pricePerHour: 0.19),
    ]
    let study = GrowthStudy(
      input: input, growth: 3, types: types, offers: offers,
      spot: SpotTerms(discount: 0.6, maximumShare: 0.3), window: .seconds(86_400))
    let result = try await study.run(workers: 2)
    let today = try #require(result.today.cost)
    let ours = try #require(result.ours.cost)
    #expect(result.linear == 3 * today)
    #expect(ours > today)
    #expect(result.days == 1)
    // Every step goes on where the last one ended.
    #expect(result.waterfall.first?.from == result.reactive.cost)
    #expect(zip(result.waterfall, result.waterfall.dropFirst()).allSatisfy { $0.to == $1.from })
    #expect(result.waterfall.map(\.lever) == [.forecast, .rightSize, .commitment, .spot])
    #expect(result.sizes.count { $0.isCheapest } == 1)
    #expect(result.sizes.first { $0.isCheapest }?.type.name == "large")
    #expect(result.final < ours)
    #expect(result.ratioToLinear < 1)
    #expect(result.commitment?.best.units ?? 0 > 0)
    #expect(result.reactive.target != nil && result.today.target != nil)
  }
}
