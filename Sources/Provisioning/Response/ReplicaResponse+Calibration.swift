import Control
import Domain
import Simulation

extension ReplicaResponse {
  /// Hours at the start of a simulated window that say more about the start than about the policy.
  private static let settlingHours = 6

  /// Runs the decision core over the last days of the history and learns from what it ran.
  ///
  /// - Parameters:
  ///   - scaling: In place of the service's own; nil keeps it.
  ///   - instance: In place of the service's replicas; nil keeps them.
  /// - Throws: `ProvisioningError.notSimulated` with what the simulator refuses.
  static func calibrated(
    _ input: ServiceInput, scaling: ScalingPolicy? = nil, instance: InstanceType? = nil,
    _ calibration: ResponseCalibration = .standard
  ) throws(ProvisioningError) -> ReplicaResponse {
    var runs: [[SimulatedHour]] = []
    for load in calibration.loads where load > 0 && load.isFinite {
      runs.append(
        try hours(input, scaling, instance, load: load, days: calibration.days))
    }
    let rate = instance?.ratePerInstance ?? input.policy.fleet.ratePerReplica
    let bounds = (low: Double(input.policy.fleet.min), rate: rate)
    let learnt = runs.map { Array($0.prefix(Int(Double($0.count) * calibration.learntShare))) }
    let first = fit(learnt, bounds)
    let final = fit(runs, bounds)
    func response(
      _ fitted: (mean: SIMD8<Double>, peak: SIMD8<Double>), _ check: ResponseCheck,
      _ scatter: [Float]
    ) -> ReplicaResponse {
      ReplicaResponse(
        ratePerReplica: rate, minimum: input.policy.fleet.min,
        maximum: max(input.policy.fleet.min, input.replicaLimit), check: check,
        mean: ResponseCurve(fitted.mean), peak: ResponseCurve(fitted.peak), scatter: scatter)
    }
    var unchecked = ResponseCheck(
      learntHours: learnt.reduce(0) { $0 + $1.count }, judgedHours: 0, totalError: 0,
      hourlyError: 0)
    let trial = response(first, unchecked, [1])
    for (run, part) in zip(runs, learnt) { unchecked.add(trial, run, from: part.count) }
    let whole = response(final, unchecked, [1])
    return response(final, unchecked.finished, whole.ratios(runs))
  }

  /// The simulated hours of the service at a multiple of its past load.
  private static func hours(
    _ input: ServiceInput, _ scaling: ScalingPolicy?, _ instance: InstanceType?, load: Double,
    days: Int
  ) throws(ProvisioningError) -> [SimulatedHour] {
    var trace = input.history
    for index in trace.values.indices { trace.values[index] *= load }
    let span = trace.end.since(trace.start).inSeconds / 3600
    let simulated = min(Double(days) * 24, (span / 2).rounded(.down))
    let from = trace.end - .seconds(simulated * 3600)
    let scenario = input.scenario(
      from: from, to: trace.end, instance: instance, maximum: 10_000_000)
    do {
      let world = try SimulatedWorld(scenario, trace: trace)
      var collector = HourCollector(step: scenario.step)
      _ = world.run(input.ownPolicy(scaling: scaling), onStep: { collector.add($0) })
      return collector.hours
    } catch {
      throw .notSimulated(service: input.id.name, reason: error.description)
    }
  }

  private static func fit(
    _ runs: [[SimulatedHour]], _ bounds: (low: Double, rate: Double)
  ) -> (mean: SIMD8<Double>, peak: SIMD8<Double>) {
    // A tenth of headroom and half a replica of rounding, until data says otherwise.
    let prior = SIMD8<Double>(0.5, 0, 1.1, 0.3, 0, 0, 0, 0)
    var mean = RidgeRegression(prior: prior, strength: 1e-3)
    var peak = RidgeRegression(
      prior: prior + SIMD8(0.5, 0, 0.1, 0.5, 0.5, 0.3, 0, 0), strength: 1e-3)
    for run in runs {
      forEach(run, bounds.rate) { row, hour in
        // At the minimum the size says nothing about the load. Weights follow the load, not the
        // size: weighing by what is explained would draw the fit below its mean.
        guard hour.replicas > bounds.low + 0.05 else { return }
        let weight = 1 / (1 + row[2])
        mean.add(row, hour.replicas, weight: weight)
        peak.add(row, hour.peak, weight: weight)
      }
    }
    return (mean.solved(), peak.solved())
  }

  /// Calls `body` for each hour that has settled and has neighbours.
  private static func forEach(
    _ run: [SimulatedHour], _ rate: Double, _ body: (SIMD8<Double>, SimulatedHour) -> Void
  ) {
    for hour in settlingHours..<max(settlingHours, run.count - 1) {
      body(
        ResponseFeatures.row(
          before: run[hour - 1].rate / rate, now: run[hour].rate / rate,
          after: run[hour + 1].rate / rate), run[hour])
    }
  }

  /// Simulated over expected replica-hours, evenly spread over the sorted ratios; their mean is the
  /// ratio of the totals, so that no replica-hour is lost.
  private func ratios(_ runs: [[SimulatedHour]]) -> [Float] {
    var ratios: [Double] = []
    var (ran, said) = (0.0, 0.0)
    for run in runs {
      for hour in Self.settlingHours..<max(Self.settlingHours, run.count - 1) {
        let expected = expected(
          before: run[hour - 1].rate, now: run[hour].rate, after: run[hour + 1].rate
        ).mean
        guard expected > 0 else { continue }
        ratios.append(run[hour].replicas / expected)
        ran += run[hour].replicas
        said += expected
      }
    }
    guard !ratios.isEmpty, said > 0 else { return [1] }
    let sample = Sample(ratios)
    let count = Self.scatterCount
    let picked = (0..<count).map { sample.quantile((Double($0) + 0.5) / Double(count)) }
    let mean = picked.reduce(0, +) / Double(count)
    guard mean > 0 else { return [1] }
    return picked.map { Float($0 / mean * ran / said) }
  }
}

extension ResponseCheck {
  /// Compares a response with simulated hours; errors are sums until `finished`.
  fileprivate mutating func add(
    _ response: ReplicaResponse, _ run: [SimulatedHour], from first: Int
  ) {
    for hour in max(first, 1)..<max(first, 1, run.count - 1) {
      let expected = response.expected(
        before: run[hour - 1].rate, now: run[hour].rate, after: run[hour + 1].rate
      ).mean
      judgedHours += 1
      judgedReplicas += run[hour].replicas
      totalError += expected - run[hour].replicas
      hourlyError += (expected - run[hour].replicas).magnitude
    }
  }

  fileprivate var finished: ResponseCheck {
    var check = self
    guard judgedReplicas > 0 else { return check }
    check.totalError /= judgedReplicas
    check.hourlyError /= judgedReplicas
    return check
  }
}
