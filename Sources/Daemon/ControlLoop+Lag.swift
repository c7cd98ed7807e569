import Control
import Domain
import Logging

extension ControlLoop {
  /// Looks how late the metrics of a service are, where the configuration leaves that to us, and puts
  /// what was measured into force.
  func measureLag(of id: ServiceID) async {
    guard let service = services[id], let name = service.demandSource,
      let source = wiring.sources[name], lagMeters[id, default: LagMeter()].isDue(at: clock.now)
    else { return }
    let deadline = service.policy.timing.interval * 0.4
    let lag = await source.lag(of: id, at: clock.now, deadline: deadline)
    if let lag { board.noteLag(lag, of: id) }
    // What this looked at may have been configured anew meanwhile.
    guard var current = services[id], current.measuresLag else { return }
    let measured = lagMeters[id, default: LagMeter()].take(
      lag, inForce: current.policy.timing.lag, at: clock.now)
    guard let measured else { return }
    current.policy.timing.lag = measured
    services[id] = current
    logger.info("\(id): the metrics are late by \(measured.shortText)")
    await post(.configured(current.policy, at: clock.now), for: id)
  }
}
