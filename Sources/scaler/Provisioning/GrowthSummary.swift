import Control
import Domain
import Provisioning

/// What a month costs today and with more traffic, each in the simulator with the decision core that
/// `serve` runs; several services added up.
struct GrowthSummary: Sendable {
  /// A bar of the comparison.
  struct Month: Sendable {
    var cost: Double
    /// Whether every service keeps its objective.
    var keepsObjective: Bool
  }

  /// How many times the traffic.
  let factor: Double
  /// The reactive policy, tuned for today's traffic.
  let today: Month
  /// Today's bill times the traffic.
  let linear: Double
  /// The reactive policy, tuned anew for the larger traffic.
  let reactive: Month
  let ours: Month
  /// Which lever gives how much, in order; several services' added up by name.
  let levers: [WaterfallStep]
  /// What is left when every lever is pulled.
  let final: Double
  /// Services that were simulated, and all there are: the most expensive first.
  let simulated: Int
  let services: Int

  /// Nil if not every simulated service has a price, or the simulator refuses one.
  static func study(
    _ largest: LargestServices, of run: ProvisioningRun, jobs: Int
  ) async throws -> GrowthSummary? {
    let constants = run.question.growth.filter { $0.from == nil && $0.over == .zero }
    let factor = constants.last?.factor ?? 3
    let inputs = largest.inputs
    guard !inputs.isEmpty, inputs.allSatisfy({ $0.policy.price != nil }) else { return nil }
    var results: [GrowthStudy.Result] = []
    for input in inputs {
      let study = GrowthStudy(
        input: input, growth: factor, types: run.fleet.section.instances,
        offers: run.fleet.section.offers.filter { $0.termMonths <= 12 })
      do {
        results.append(try await study.run(workers: jobs))
      } catch {
        return nil
      }
    }
    return GrowthSummary(results, factor: factor, services: largest.count)
  }

  private init(_ results: [GrowthStudy.Result], factor: Double, services: Int) {
    self.factor = factor
    self.services = services
    simulated = results.count
    today = Self.sum(results.map(\.today))
    linear = results.reduce(0) { $0 + $1.linear }
    reactive = Self.sum(results.map(\.reactive))
    ours = Self.sum(results.map(\.ours))
    final = results.reduce(0) { $0 + $1.final }
    levers = Self.levers(results)
  }

  /// Each service's levers one below the other; a lever that a service does not have leaves its bill
  /// as it is.
  private static func levers(_ results: [GrowthStudy.Result]) -> [WaterfallStep] {
    let steps = results.flatMap(\.waterfall)
    let starting = results.reduce(0) { $0 + ($1.waterfall.first?.from ?? 0) }
    var bill = starting
    var sums: [WaterfallStep] = []
    for lever in WaterfallStep.Lever.allCases {
      let same = steps.filter { $0.lever == lever }
      guard var sum = same.first else { continue }
      sum.from = bill
      bill -= same.reduce(0) { $0 + $1.saving }
      sum.to = bill
      sum.detail = same.count == 1 ? sum.detail : "\(same.count) services"
      sums.append(sum)
    }
    return sums
  }

  private static func sum(_ costs: [SimulatedCost]) -> Month {
    Month(
      cost: costs.reduce(0) { $0 + ($1.cost ?? 0) },
      keepsObjective: costs.allSatisfy(\.keepsObjective))
  }
}

/// The services with the highest bills of those that were shown, so that only their histories have
/// to be kept.
struct LargestServices: Sendable {
  /// The most expensive first.
  private(set) var inputs: [ServiceInput] = []
  /// Services that were shown.
  private(set) var count = 0

  /// Each takes several simulations of a month.
  private static let most = 4

  mutating func add(_ input: ServiceInput) {
    count += 1
    let weight = Self.weight(input)
    let place = inputs.firstIndex { Self.weight($0) < weight } ?? inputs.count
    guard place < Self.most else { return }
    inputs.insert(input, at: place)
    if inputs.count > Self.most { inputs.removeLast() }
  }

  /// About what it costs per hour.
  private static func weight(_ input: ServiceInput) -> Double {
    let known = input.history.values.filter { !$0.isNaN }
    let mean = known.reduce(0, +) / Double(max(1, known.count))
    return mean / input.policy.fleet.ratePerReplica * (input.policy.price?.perReplicaHour ?? 1)
  }
}
