import Domain
import HummingbirdCore

/// `GET /v1/services/{id}/history?from&to&step`: what was, on an even grid.
struct HistoryAPI: Sendable {
  let services: WebServices
  /// Points of one answer.
  static let limit = 20_000
  /// Points where the caller names no step.
  static let usualCount = 720

  var endpoints: [Endpoint] {
    [
      .get("/v1/services/{id}/history", parameters: ["from", "to", "step"]) { call in
        let status = try await services.named(call)
        let grid = try Self.grid(call.query, now: services.now())
        return .json(try await history(of: status.id, grid))
      }
    ]
  }

  /// The last day up to now unless the query says otherwise.
  static func grid(_ query: Query, now: Timestamp) throws(Problem) -> TimeGrid {
    let to = try query.time("to") ?? now
    let from = try query.time("from") ?? (to - .seconds(86_400))
    guard from < to else {
      throw .badQuery("from", "The range from \(from) to \(to) is empty.")
    }
    let step =
      try query.duration("step") ?? TimeGrid.step(from: from, to: to, count: Self.usualCount)
    let steps = (to.seconds - from.seconds) / step.wholeSeconds
    guard steps <= Int64(limit) else {
      throw .badQuery(
        "step",
        "\(steps) steps of \(step.shortText) are more than the \(limit) of one answer; "
          + "take a longer step or a shorter range.")
    }
    return TimeGrid(covering: from, to: to, step: step)
  }

  private func history(of service: ServiceID, _ grid: TimeGrid) async throws -> JSON {
    async let rate = services.samples(service, .rate, grid)
    async let queue = services.samples(service, .queue, grid)
    async let ready = services.samples(service, .ready, grid)
    let targets = HeldTarget(try await services.targets(service, grid))
    let (rates, queues, readies) = try await (rate, queue, ready)
    let points = (0..<grid.count).map { index -> JSON in
      let time = Timestamp(seconds: grid.from.seconds + Int64(index) * grid.step.wholeSeconds)
      return [
        "timestamp": .string(time.description), "rate": .optional(rates[index]),
        "queue": .optional(queues[index]), "ready": .optional(readies[index]),
        "target": .optional(targets.value(at: time)),
      ]
    }
    return [
      "service": .string(service.name), "step_seconds": .integer(grid.step.wholeSeconds),
      "points": .array(points),
    ]
  }
}

/// The target at any instant, from its changes.
struct HeldTarget {
  private let changes: [TargetChange]

  init(_ changes: [TargetChange]) {
    self.changes = changes.sorted { $0.time < $1.time }
  }

  /// Nil before the first change. O(log n).
  func value(at time: Timestamp) -> Int? {
    var low = 0
    var high = changes.count
    while low < high {
      let middle = (low + high) / 2
      if changes[middle].time <= time { low = middle + 1 } else { high = middle }
    }
    return low == 0 ? nil : changes[low - 1].target
  }
}
