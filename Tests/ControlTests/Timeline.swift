import Control
import Domain
import Testing

/// A policy test as text: what was seen at each tick, and what was wanted, because of what.
///
///     time   rate  queue  ready | target  because
///     0s      150      0      2 |      2
///     60s       -      -      8 |      8  unknown
///
/// `-` is unknown. `ready` is `5` or `5+3` with three on their way. `because` is part of the
/// decision's reason; empty means nothing in particular.
struct Timeline {
  struct Row {
    var time: Duration
    var rate: Double?
    var queue: Double?
    var ready: Int?
    var pending: Int?
    var target: Int
    var because: String
    var text: String
  }

  var rows: [Row]

  init(_ text: String) throws {
    rows = try text.split(separator: "\n").dropFirst().map { line in
      let halves = line.split(separator: "|", maxSplits: 1)
      let seen = try #require(halves.first).split(separator: " ")
      let wanted = try #require(halves.last).split(separator: " ", maxSplits: 1)
      let fleet = seen[3].split(separator: "+")
      return Row(
        time: try #require(Duration(parsing: String(seen[0]))), rate: Double(seen[1]),
        queue: Double(seen[2]), ready: fleet.first.flatMap { Int($0) },
        pending: fleet.count > 1 ? Int(fleet[1]) : nil,
        target: try #require(wanted.first.flatMap { Int($0) }),
        because: wanted.count > 1 ? wanted[1].trimmed : "", text: line.trimmed)
    }
  }

  /// Plays the rows and compares every decision. Batches on their way count from the row in which
  /// they were first seen.
  func play(
    on autoscaler: inout Autoscaler, from start: Timestamp = Timestamp(seconds: 1_700_000_000),
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    var since: Timestamp?
    for row in rows {
      let now = start + row.time
      since = row.pending == nil ? nil : since ?? now
      let observation = Observation(
        time: now, rate: row.rate, queue: row.queue, ready: row.ready,
        pending: row.ready.map { _ in
          row.pending.map { [PendingBatch(count: $0, since: since ?? now)] } ?? []
        })
      let effects = autoscaler.handle(.observed(observation))
      for case .scale(let command) in effects {
        _ = autoscaler.handle(
          .scaled(command.decision, .accepted(replicas: command.replicas), at: now))
      }
      let decision = autoscaler.lastProposal
      #expect(
        decision?.target == row.target, "\(row.text)\n  was \(decision?.description ?? "nothing")",
        sourceLocation: sourceLocation)
      if !row.because.isEmpty {
        #expect(
          decision?.reason.contains(row.because) == true,
          "\(row.text)\n  was \(decision?.description ?? "nothing")",
          sourceLocation: sourceLocation)
      }
    }
  }
}

extension StringProtocol {
  var trimmed: String {
    let inner = drop { $0 == " " }
    return String(inner.reversed().drop { $0 == " " }.reversed())
  }
}

/// A policy whose every value is the default that a test does not speak about.
func policy(
  ratePerReplica: Double = 100, boot: Duration = .seconds(60), min: Int = 1, max: Int = 100,
  mode: ServicePolicy.Mode = .desired, forecast: Bool = false,
  _ change: (inout ServicePolicy) throws -> Void = { _ in }
) throws -> ServicePolicy {
  var policy = ServicePolicy(
    id: try #require(ServiceID("web")), mode: mode,
    fleet: FleetPolicy(ratePerReplica: ratePerReplica, boot: boot, min: min, max: max),
    forecast: ForecastPolicy(isEnabled: forecast))
  try change(&policy)
  return policy
}
