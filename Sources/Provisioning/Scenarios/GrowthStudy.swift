import Control
import Domain
import Simulation

/// A month at a multiple of today's load, everything by the same simulator: what it costs with us,
/// against linear extrapolation of today's bill and against the best-tuned reactive policy, and which
/// lever gives how much.
///
/// The last weeks of the history are the month, with what was before to learn from; all of it is
/// multiplied, so the load is not new to anybody. Costs are brought to 30 days.
public struct GrowthStudy: Sendable {
  public var input: ServiceInput
  public var growth: Double
  /// Types to choose from, beside the service's own replicas.
  public var types: [InstanceType]
  public var offers: [CommitmentOffer]
  public var spot: SpotTerms?
  /// How much of the history is the month, at most; at least a quarter stays to learn from.
  public var window: Duration

  /// Utilisations among which the reactive policy has its pick, once today and once at the higher
  /// load.
  public static let reactiveTargets = [0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]

  public init(
    input: ServiceInput, growth: Double, types: [InstanceType] = [],
    offers: [CommitmentOffer] = [], spot: SpotTerms? = nil,
    window: Duration = .seconds(28 * 86_400)
  ) {
    self.input = input
    self.growth = growth
    self.types = types
    self.offers = offers
    self.spot = spot
    self.window = window
  }

  public struct Result: Sendable, Equatable {
    public var growth: Double
    /// Simulated days that stand for the month.
    public var days: Double
    public var currency: String?
    /// The best reactive policy and ours at today's load.
    public var today: SimulatedCost
    public var todayOurs: SimulatedCost
    /// Today's bill times the growth, money per month (replica-hours without a price).
    public var linear: Double
    /// The best reactive policy and ours at the higher load.
    public var reactive: SimulatedCost
    public var ours: SimulatedCost
    /// Every type that was tried at the higher load.
    public var sizes: [RightSizingOption]
    /// The commitment that the last but one lever buys.
    public var commitment: CommitmentAnalysis?
    public var waterfall: [WaterfallStep]
    /// The most replicas at once at the higher load, against what is configured.
    public var peakReplicas: Double
    public var configuredMaximum: Int

    /// Money per month after all levers.
    public var final: Double { waterfall.last?.to ?? ours.cost ?? ours.replicaHours }
    /// What all levers cost at the higher load over today's bill; below `growth` is less than linear.
    public var ratioToToday: Double { today.money > 0 ? final / today.money : 0 }
    public var ratioToLinear: Double { linear > 0 ? final / linear : 0 }
  }

  /// - Parameter workers: Simulations at a time; the result does not depend on it.
  /// - Throws: `ProvisioningError.invalidRequest`, or `.notSimulated` with what the simulator says.
  /// - Complexity: Sixteen simulations of the window, and one per type.
  public func run(workers: Int) async throws(ProvisioningError) -> Result {
    guard growth > 0, growth.isFinite else {
      throw .invalidRequest("Growth is \(growth); it must be above zero.")
    }
    let past = try world(load: 1, instance: nil)
    let future = try world(load: growth, instance: nil)
    let days = past.grid.step.inSeconds * Double(past.grid.count) / 86_400
    let monthly = 30 / days
    let today = try await reactive(past, monthly, workers)
    let todayOurs = own(past, monthly).cost
    let reactive = try await reactive(future, monthly, workers)
    let ours = own(future, monthly)
    var hours = ours.hours
    var steps = [
      WaterfallStep(
        lever: .forecast, detail: "\(reactive.name) → \(ours.cost.name)", from: reactive.money,
        to: ours.cost.money)
    ]
    var sizes: [RightSizingOption] = []
    if !types.isEmpty {
      let tried = try self.sizes(ours, monthly)
      sizes = tried.options
      if let best = sizes.first(where: \.isCheapest), best.type != ownType {
        steps.append(
          WaterfallStep(
            lever: .rightSize, detail: best.type.name, from: ours.cost.money,
            to: best.simulated.money))
        hours = tried.hours
      }
    }
    let price = sizes.first(where: \.isCheapest)?.type.pricePerHour ?? ownType.pricePerHour
    let commitment = purchase(&steps, hours, price: price, monthly)
    return Result(
      growth: growth, days: days, currency: input.policy.price?.currency, today: today,
      todayOurs: todayOurs, linear: growth * today.money, reactive: reactive, ours: ours.cost,
      sizes: sizes, commitment: commitment, waterfall: steps,
      peakReplicas: ours.hours.map(\.peak).max() ?? 0,
      configuredMaximum: input.policy.fleet.max)
  }

  private var ownType: InstanceType {
    InstanceType(
      name: "as today", ratePerInstance: input.policy.fleet.ratePerReplica,
      pricePerHour: input.policy.price?.perReplicaHour ?? 1)
  }

  private func world(
    load: Double, instance: InstanceType?
  ) throws(ProvisioningError) -> SimulatedWorld {
    var trace = input.history
    for index in trace.values.indices { trace.values[index] *= load }
    let span = trace.end.since(trace.start).inSeconds / 3600
    let hours = min(window.inSeconds / 3600, (0.75 * span).rounded(.down))
    let scenario = input.scenario(
      from: trace.end - .seconds(hours * 3600), to: trace.end, instance: instance,
      maximum: 10_000_000)
    do {
      return try SimulatedWorld(scenario, trace: trace)
    } catch {
      throw .notSimulated(service: input.id.name, reason: error.description)
    }
  }

  /// The best reactive policy in a world.
  private func reactive(
    _ world: SimulatedWorld, _ monthly: Double, _ workers: Int
  ) async throws(ProvisioningError) -> SimulatedCost {
    let specifications = Self.reactiveTargets.map { target in
      var reactive = PolicySpecification(
        name: "hpa-cpu-\(Int((100 * target).rounded()))", kind: .hpaCPU)
      reactive.target = target
      return reactive
    }
    let outcomes = await world.runAll(specifications, workers: workers)
    let costs = zip(specifications, outcomes).map {
      SimulatedCost($1, target: $0.target, monthly: monthly)
    }
    guard let best = SimulatedCost.best(costs) else {
      throw .notSimulated(service: input.id.name, reason: "no policy ran")
    }
    return best
  }

  /// Our policy in a world: what it costs, and what it runs hour by hour.
  private func own(
    _ world: SimulatedWorld, _ monthly: Double
  ) -> (cost: SimulatedCost, hours: [SimulatedHour]) {
    var collector = HourCollector(step: world.grid.step)
    let outcome = world.run(input.ownPolicy(), onStep: { collector.add($0) })
    return (SimulatedCost(outcome, monthly: monthly), collector.hours)
  }

  /// Every type at the higher load, and the hours of the cheapest.
  private func sizes(
    _ ours: (cost: SimulatedCost, hours: [SimulatedHour]), _ monthly: Double
  ) throws(ProvisioningError) -> (options: [RightSizingOption], hours: [SimulatedHour]) {
    var runs = [(type: ownType, cost: ours.cost, hours: ours.hours)]
    for type in types where type.ratePerInstance > 0 {
      let run = own(try world(load: growth, instance: type), monthly)
      runs.append((type, run.cost, run.hours))
    }
    let best = SimulatedCost.best(runs.map(\.cost))
    let cheapest = runs.firstIndex { $0.cost == best } ?? 0
    let options = runs.enumerated().map { index, run in
      RightSizingOption(
        type: run.type, simulated: run.cost, meanInstances: Self.mean(run.hours),
        peakInstances: run.hours.map(\.peak).max() ?? 0, isCheapest: index == cheapest)
    }
    return (options, runs[cheapest].hours)
  }

  private static func mean(_ hours: [SimulatedHour]) -> Double {
    hours.isEmpty ? 0 : hours.reduce(0) { $0 + $1.replicas } / Double(hours.count)
  }

  /// The levers of how instance-hours are paid for, on the hours that were simulated.
  private func purchase(
    _ steps: inout [WaterfallStep], _ hours: [SimulatedHour], price: Double, _ monthly: Double
  ) -> CommitmentAnalysis? {
    guard !hours.isEmpty, input.policy.price != nil, let last = steps.last?.to else { return nil }
    let need = HourlyNeed(units: hours.map { Float($0.replicas) }, price: price)
    let analyst = CommitmentAnalyst(need)
    let analyses = offers.map { analyst.analyse($0) }
    let best = analyses.max { $0.best.savings.mean < $1.best.savings.mean }
    var cost = last
    if let best, best.best.savings.mean > 0 {
      let next = cost - best.best.savings.mean * monthly
      let amount = Int(best.best.units.rounded())
      steps.append(
        WaterfallStep(
          lever: .commitment, detail: "\(best.offer.name): \(amount) instances", from: cost,
          to: next))
      cost = next
    }
    if let spot, spot.share > 0 {
      let committed = best.map { $0.best.savings.mean > 0 ? $0.best.units : 0 } ?? 0
      let above = hours.reduce(0) { $0 + max(0, $1.replicas - committed) }
      let next = cost - above * price * (1 - spot.blendedPrice) * monthly
      let share = Int((100 * spot.share).rounded())
      steps.append(
        WaterfallStep(
          lever: .spot, detail: "\(share) % of what is not committed", from: cost, to: next))
    }
    return best
  }
}
