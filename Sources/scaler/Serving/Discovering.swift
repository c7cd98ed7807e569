import Adapters
import Control
import Daemon
import Domain
import Foundation
import Logging
import ServiceLifecycle

extension ServeConfiguration {
  /// This configuration with the services that its fleet queries know at `time`. One that is written
  /// down wins over one that is found.
  ///
  /// - Parameter old: The configuration in force: what it found stays, also when no query names it any
  ///   more, because metrics that are gone are no evidence that a service is.
  /// - Returns: Also why a query found nothing, for the operator.
  func withDiscovered(
    at time: Timestamp, after old: ServeConfiguration? = nil
  ) async -> (configuration: ServeConfiguration, problems: [String]) {
    var all = self
    var problems: [String] = []
    for discovery in discoveries {
      var found: Set<ServiceID> = []
      do {
        found.formUnion(
          try await discoverySource(of: discovery)?
            .discover(at: time, deadline: .seconds(10)) ?? [])
      } catch {
        problems.append("\(discovery.source) finds no services: \(error)")
      }
      let earlier = old?.services.filter {
        $0.isDiscovered && $0.demand?.source == discovery.source
      }
      found.formUnion(earlier?.map(\.policy.id) ?? [])
      for id in found.sorted() where !all.services.contains(where: { $0.policy.id == id }) {
        all.services.append(discovery.service(id))
      }
    }
    return (all, problems)
  }

  /// The same for a command that looks once: what cannot be asked is said on stderr.
  func discovered() async -> ServeConfiguration {
    guard !discoveries.isEmpty else { return self }
    let now = Timestamp(seconds: Int64(Date().timeIntervalSince1970))
    let (whole, problems) = await withDiscovered(at: now)
    for problem in problems { Terminal.say("scaler: \(problem)") }
    return whole
  }

  private func discoverySource(of discovery: ServiceDiscovery) -> PrometheusSource? {
    for entry in sources where entry.name == discovery.source {
      if case .prometheus(let url, let options) = entry.source {
        return PrometheusSource(url: url, options: options, fleets: [discovery.queries])
      }
    }
    return nil
  }
}

/// Asks the fleet queries once a minute, and takes up the services that are new.
struct Discovering: Service {
  let reloading: Reloading
  let clock: any DaemonClock

  func run() async throws {
    try await cancelWhenGracefulShutdown {
      while true {
        try await clock.sleep(until: clock.now + .seconds(60))
        await reloading.takeUpDiscovered()
      }
    }
  }
}
