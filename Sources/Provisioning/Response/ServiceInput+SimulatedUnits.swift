public import Domain
import Simulation

extension ServiceInput {
  /// What the decision core runs, hour by hour, over a part of the history, with everything before
  /// it to learn from: instance-hours per hour.
  ///
  /// - Parameters:
  ///   - start: Within the history.
  ///   - hours: Until the end of the history at most.
  /// - Throws: `ProvisioningError.notSimulated` with what the simulator refuses.
  public func simulatedUnits(
    from start: Timestamp, hours: Int
  ) throws(ProvisioningError) -> [Double] {
    let scenario = scenario(from: start, to: start + .seconds(3600 * hours))
    do {
      let world = try SimulatedWorld(scenario, trace: history)
      var collector = HourCollector(step: scenario.step)
      _ = world.run(ownPolicy(), onStep: { collector.add($0) })
      return collector.hours.map(\.replicas)
    } catch {
      throw .notSimulated(service: id.name, reason: error.description)
    }
  }
}
