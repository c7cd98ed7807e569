import Control
import Domain
import Simulation

/// Forecasts one service's need: learns its demand and what the policy runs for it once, and answers
/// any number of requests from that.
public struct ServiceForecaster: Sendable {
  public let input: ServiceInput
  public let outlook: DemandOutlook
  public let response: ReplicaResponse
  private let plain: PlainHistory
  private let calibration: ResponseCalibration

  /// - Parameters:
  ///   - response: Learnt from another service that scales alike, to save the simulation; nil to
  ///     learn it here.
  /// - Throws: `ProvisioningError.tooLittleHistory` with fewer than 48 known hours,
  ///   `.notSimulated` if the simulator refuses the service.
  /// - Complexity: The simulation of the calibration's days dominates: 1.3 to 4.2 s with `standard`.
  public init(
    _ input: ServiceInput, calibration: ResponseCalibration = .standard,
    response: ReplicaResponse? = nil
  ) throws(ProvisioningError) {
    let plain = PlainHistory(input.history, policy: input.policy)
    guard let outlook = DemandOutlook(history: plain.series, zone: input.policy.forecast.zone)
    else {
      let perHour = max(1, Int(3600 / max(1, input.history.step.wholeSeconds)))
      throw .tooLittleHistory(
        service: input.id.name, knownHours: input.history.knownCount / perHour)
    }
    self.input = input
    self.plain = plain
    self.outlook = outlook
    self.calibration = calibration
    if let response {
      self.response = response.fitting(input)
    } else {
      self.response = try ReplicaResponse.calibrated(input, calibration)
    }
  }

  /// The service's need over the request's span, in all futures.
  ///
  /// A scenario with other scaling or another boot time runs the decision core anew.
  /// - Throws: `ProvisioningError.invalidRequest` for spans, counts or factors out of range.
  /// - Complexity: O(hours · paths); 35 days of 200 paths take 3 to 8 ms, 13 months 0.07 to 0.1 s.
  public func forecast(_ request: ProvisioningRequest) throws(ProvisioningError) -> TargetForecast {
    try request.validate()
    let scenario = request.scenario
    let response = try response(for: scenario)
    let seed = request.seed ^ Self.number(of: input.id)
    var shared: SharedScores?
    if case .commonFactor(let factor) = request.dependence {
      let loading = factor.loading(of: input.id)
      if loading != 0 { shared = SharedScores(loading: loading, seed: request.seed) }
    }
    var paths = ProvisioningPaths(
      start: request.start, hours: request.hours, count: request.paths,
      demand: outlook.paths(
        from: request.start, hours: request.hours, count: request.paths, seed: seed,
        shared: shared))
    scale(&paths, scenario, seed: request.seed)
    response.apply(to: &paths, seed: seed ^ 0x5CA7)
    let prices = prices(scenario)
    price(&paths, prices)
    return TargetForecast(
      target: input.id.name, paths: paths, calendar: request.calendar,
      purchase: request.purchases[input.id.name] ?? .onDemand,
      currency: prices == nil ? nil : input.policy.price?.currency,
      unitPrice: prices?.price(at: request.start),
      provenance: Provenance(
        modelName: DemandOutlook.modelName, parametersHash: outlook.hash.description,
        trainedFrom: outlook.trainedFrom, trainedTo: outlook.trainedTo, paths: request.paths,
        seed: request.seed, response: response.check))
  }

  private func response(
    for scenario: ProvisioningScenario
  ) throws(ProvisioningError) -> ReplicaResponse {
    let boot = scenario.instance?.boot ?? input.policy.fleet.boot
    let scaling = scenario.scaling ?? input.policy.scaling
    if scaling == input.policy.scaling, boot == input.policy.fleet.boot {
      var own = response
      if let instance = scenario.instance { own.ratePerReplica = instance.ratePerInstance }
      return own
    }
    return try ReplicaResponse.calibrated(
      input, scaling: scaling, instance: scenario.instance, calibration)
  }

  /// Multiplies demand by growth and events, and notes what is expected.
  private func scale(
    _ paths: inout ProvisioningPaths, _ scenario: ProvisioningScenario, seed: UInt64
  ) {
    let span = TimeSpan(from: paths.start, to: paths.start + .seconds(3600 * paths.hours))
    let known = input.policy.events(within: span)
    let events = (known + scenario.events).compactMap { event in
      plain.uplift(of: event).map {
        EventFutures(event, uplift: $0, count: paths.count, seed: seed)
      }
    }
    for hour in 0..<paths.hours {
      let begin = paths.start + .seconds(3600 * hour)
      let growth = scenario.growth.factor(at: begin + .seconds(1800))
      let row = paths.row(hour)
      let sum = paths.demand.withUnsafeMutableBufferPointer { demand in
        for place in row { demand[place] *= Float(growth) }
        for event in events { event.apply(to: demand, row, hour: begin) }
        return row.reduce(0.0) { $0 + Double(demand[$1]) }
      }
      paths.expectedDemand[hour] = sum / Double(max(1, paths.count))
    }
  }

  private func prices(_ scenario: ProvisioningScenario) -> PriceSchedule? {
    guard let own = input.policy.price else { return nil }
    if let schedule = scenario.price { return schedule }
    return PriceSchedule(scenario.instance?.pricePerHour ?? own.perReplicaHour)
  }

  /// Without prices nothing costs anything.
  private func price(_ paths: inout ProvisioningPaths, _ prices: PriceSchedule?) {
    let count = paths.units.count
    paths.cost = [Float](unsafeUninitializedCapacity: count) { cost, filled in
      paths.units.withUnsafeBufferPointer { units in
        for hour in 0..<paths.hours {
          let price = Float(prices?.price(at: paths.start + .seconds(3600 * hour)) ?? 0)
          for place in paths.row(hour) { cost[place] = price * units[place] }
        }
      }
      filled = count
    }
  }

  /// A number that belongs to the name: FNV-1a.
  static func number(of service: ServiceID) -> UInt64 { number(of: service.name) }

  static func number(of name: String) -> UInt64 {
    name.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3 }
  }
}

extension ReplicaResponse {
  /// The same response with another service's replica and bounds.
  func fitting(_ input: ServiceInput) -> ReplicaResponse {
    var fitted = self
    fitted.ratePerReplica = input.policy.fleet.ratePerReplica
    fitted.minimum = input.policy.fleet.min
    fitted.maximum = max(input.policy.fleet.min, input.replicaLimit)
    return fitted
  }
}

extension ProvisioningRequest {
  /// The most hours and paths of a request.
  public static let longestHours = 10_000
  public static let mostPaths = 10_000

  func validate() throws(ProvisioningError) {
    guard (1...Self.longestHours).contains(hours) else {
      throw .invalidRequest("The horizon is \(hours) h; it is 1 h to \(Self.longestHours) h.")
    }
    guard (1...Self.mostPaths).contains(paths) else {
      throw .invalidRequest("\(paths) paths; 1 to \(Self.mostPaths) are possible.")
    }
    guard scenario.growth.isValid else {
      throw .invalidRequest("Growth factors must be finite and above zero.")
    }
    if let instance = scenario.instance,
      !(instance.ratePerInstance > 0 && instance.ratePerInstance.isFinite
        && instance.pricePerHour >= 0 && instance.pricePerHour.isFinite)
    {
      throw .invalidRequest(
        "The instance type \(instance.name) needs a rate above zero and a price.")
    }
  }
}
