import Control
import Daemon
import Domain
import Web

extension OperatorDesk {
  /// What an operator says goes to the running loop; events also into the store and, with the
  /// configuration in force, into the policies.
  init(_ loop: ControlLoop, _ reloading: Reloading) {
    self.init(
      override: { service, size in
        let override = size.map { SizeOverride(replicas: $0.replicas, until: $0.until) }
        guard await loop.override(override, for: service) else {
          throw OperatorRefusal("\(service) is not running yet; try again in a moment.")
        }
      },
      freeze: { await loop.freeze(until: $0) },
      announce: { event in
        guard !reloading.live.configuration.names(event.name) else {
          throw OperatorRefusal(
            "The configuration has an event named \"\(event.name)\"; change it there.")
        }
        try await reloading.book.announce(event) { try await reloading.enforceAgain() }
      },
      withdraw: { name in
        try await reloading.book.withdraw(name) { try await reloading.enforceAgain() }
      })
  }
}
