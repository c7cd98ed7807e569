import Control
import Domain
import Foundation
import Provisioning

/// A month at three times the load, per trace: today's reactive bill, linear extrapolation, and what
/// each lever gives, all by one simulator.
enum Growth {
  /// Half and double the replica of today, at prices that favour the larger one a little.
  private static func types(_ rate: Double) -> [InstanceType] {
    [
      InstanceType(name: "half size", ratePerInstance: 0.5 * rate, pricePerHour: 0.05),
      InstanceType(name: "double size", ratePerInstance: 2.05 * rate, pricePerHour: 0.18),
    ]
  }

  static let offers = [
    CommitmentOffer(name: "1 year", termMonths: 12, discount: 0.28),
    CommitmentOffer(name: "3 years", termMonths: 36, discount: 0.45),
  ]

  static func measure(folder: String, factor: Double) async throws {
    for trace in try TraceFolder.read(folder)
    where trace.series.end.since(trace.series.start) >= .seconds(20 * 86_400) {
      let policy = Service.policy(for: trace)
      let study = GrowthStudy(
        input: ServiceInput(policy: policy, history: trace.series), growth: factor,
        types: types(policy.fleet.ratePerReplica),
        offers: offers, spot: SpotTerms(discount: 0.65, maximumShare: 0.4),
        window: .seconds(14 * 86_400))
      let result = try await study.run(workers: 1)
      func money(_ value: Double) -> String { String(format: "%7.0f USD", value) }
      func row(_ name: String, _ cost: SimulatedCost) {
        print(
          "  " + name.padding(toLength: 26, withPad: " ", startingAt: 0) + money(cost.cost ?? 0)
            + String(
              format: "  violation %.3f %%  %@ %@", 100 * cost.violation, cost.name,
              cost.keepsObjective ? "kept" : "missed"))
      }
      print("\(trace.name), \(Int(result.days)) days brought to 30")
      row("today, reactive", result.today)
      row("today, ours", result.todayOurs)
      print(
        "  " + "linear".padding(toLength: 26, withPad: " ", startingAt: 0) + money(result.linear))
      row("\(factor) x, reactive", result.reactive)
      row("\(factor) x, ours", result.ours)
      for step in result.waterfall {
        print(
          "  " + step.lever.rawValue.padding(toLength: 14, withPad: " ", startingAt: 0)
            + "\(money(step.from)) → \(money(step.to))  \(step.detail)")
      }
      print(
        String(
          format: "  %.2f x today's reactive bill, %.0f %% of linear", result.ratioToToday,
          100 * result.ratioToLinear))
    }
  }
}
