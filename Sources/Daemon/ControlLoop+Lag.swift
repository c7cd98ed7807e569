import Control
import Domain
import Logging

extension ControlLoop {
  /// Looks how late metrics are, where the configuration leaves that to us, and puts what was measured
  /// into force. A source is asked once for all its services.
  func measureLags(of observed: [ServiceWiring]) async {
    let now = clock.now
    let due = observed.filter {
      $0.measuresLag && lagMeters[$0.policy.id, default: LagMeter()].isDue(at: now)
    }
    for (name, asked) in Dictionary(grouping: due, by: { $0.demandSource ?? "" }) {
      guard let source = wiring.sources[name], measuring.insert(name).inserted else { continue }
      start { loop in
        let deadline = asked.map(\.patience).min() ?? .zero
        let ids = asked.map(\.policy.id).sorted()
        await loop.take(await source.lags(of: ids, at: now, deadline: deadline), from: name)
      }
    }
  }

  private func take(_ lags: [ServiceID: MetricLag], from source: String) async {
    measuring.remove(source)
    let now = clock.now
    var changed: [ServiceID] = []
    for (id, reading) in lags.sorted(by: { $0.key < $1.key }) {
      var lag: Duration?
      if case .late(let duration) = reading { lag = duration }
      if let lag { board.noteLag(lag, of: id) }
      // What this looked at may have been configured anew meanwhile.
      guard var current = services[id], current.measuresLag else { continue }
      let measured = lagMeters[id, default: LagMeter()].take(
        lag, inForce: current.policy.timing.lag, at: now)
      guard let measured else { continue }
      current.policy.timing.lag = measured
      services[id] = current
      changed.append(id)
      logger.info("\(id): the metrics are late by \(measured.shortText)")
    }
    await post(
      changed.compactMap { id in
        services[id].map { JournalledEvent(id, .configured($0.policy, at: now)) }
      })
  }
}
