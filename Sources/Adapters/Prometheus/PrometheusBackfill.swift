public import Domain
import Synchronization

/// A long range read in chunks, newest first, so that a usable model exists early.
///
/// Chunks lie on multiples of the step, so that a repeated run meets the same instants. Two are in
/// flight; they are delivered in order, and what was delivered can be skipped by the next run. A
/// server that is overwhelmed gets half the chunk from then on.
public struct PrometheusBackfill: Sendable {
  /// One delivered chunk.
  public struct Part: Sendable {
    /// Means; unknown where Prometheus has nothing.
    public var series: TimeSeries
    /// Everything from here on has been delivered: the checkpoint to give to the next run.
    public var resumeBefore: Timestamp
    /// 0 to 1.
    public var progress: Double
  }

  /// Multiples of the step.
  public let from: Timestamp
  public let to: Timestamp
  public let step: Duration
  private let api: PrometheusAPI
  /// What is asked.
  public let query: String

  /// Prometheus rejects more than 11,000 steps; some that speak its API have lower limits.
  static let mostSteps = 10_000
  private static let inFlight = 2
  /// So many chunks without any value after one with values mean that retention is reached.
  private static let emptyChunksToStop = 3
  private static let deadline: Duration = .seconds(150)

  init(api: PrometheusAPI, query: String, from: Timestamp, to: Timestamp, step: Duration) {
    self.api = api
    self.query = query
    self.step = step
    self.from = (from + step - .seconds(1)).floored(to: step)
    self.to = to.floored(to: step)
  }

  /// Reads until `from`, or until the server's retention is reached, or until `receive` throws or the
  /// task is cancelled.
  ///
  /// - Parameter resumingBefore: The last part's `resumeBefore` of an interrupted run.
  public func run(
    resumingBefore: Timestamp?, receive: @Sendable (Part) async throws(SourceError) -> Void
  ) async throws(SourceError) {
    var end = min(to, resumingBefore?.floored(to: step) ?? to)
    var size = Self.mostSteps
    var emptyInRow = 0
    var hasData = false
    var waiting: [Task<Fetched, Never>] = []
    defer { for task in waiting { task.cancel() } }
    while true {
      while waiting.count < Self.inFlight, end > from {
        let start = max(from, end - step * size)
        let chunk = PrometheusChunk(start: start, end: end, step: step, most: size)
        waiting.append(Task { await fetch(chunk) })
        end = start
      }
      guard !waiting.isEmpty else { return }
      let fetched = await withTaskCancellationHandler {
        await waiting[0].value
      } onCancel: { [tasks = waiting] in
        for task in tasks { task.cancel() }
      }
      waiting.removeFirst()
      let series = try fetched.result.get()
      size = min(size, fetched.size)
      let done = Double(to.seconds - series.start.seconds)
      let whole = Double(max(1, to.seconds - from.seconds))
      try await receive(
        Part(series: series, resumeBefore: series.start, progress: min(1, done / whole)))
      emptyInRow = series.knownCount == 0 ? emptyInRow + 1 : 0
      hasData = hasData || series.knownCount > 0
      if emptyInRow >= (hasData ? Self.emptyChunksToStop : Self.emptyChunksToStop * 4) { return }
    }
  }

  private struct Fetched: Sendable {
    var result: Result<TimeSeries, SourceError>
    /// How many steps the server took at once.
    var size: Int
  }

  private func fetch(_ chunk: PrometheusChunk) async -> Fetched {
    var size = chunk.most
    var values: [Double] = []
    var end = chunk.end
    var failures = 0
    // Newest first within the chunk as well; a chunk that was cut is put together here.
    while end > chunk.start {
      let part = PrometheusChunk(
        start: max(chunk.start, end - step * size), end: end, step: step, most: size)
      do throws(SourceError) {
        values = try await means(of: part) + values
        end = part.start
        failures = 0
      } catch {
        failures += 1
        guard error.asksForLess, size > 1, failures < 8, !Task.isCancelled else {
          return Fetched(result: .failure(error), size: size)
        }
        size = max(1, min(size, part.count) / 2)
        // Sleeping fails only when cancelled, which the next round sees.
        try? await Task.sleep(for: .milliseconds(Int64.random(in: 0..<(100 << failures))))
      }
    }
    return Fetched(
      result: .success(TimeSeries(start: chunk.start, step: step, values: values)), size: size)
  }

  private func means(of chunk: PrometheusChunk) async throws(SourceError) -> [Double] {
    // The value at an element's end covers the element, hence one step later at both ends.
    let reply = try await api.range(
      query, from: chunk.start + step, to: chunk.end, step: step, deadline: Self.deadline)
    guard case .matrix(let series) = reply.data else {
      throw .malformed("the query cannot be evaluated over a range")
    }
    if let partiality = reply.partiality { throw .unavailable(partiality) }
    return try chunk.means(of: series)
  }
}

extension SourceError {
  /// Whether the server may well answer a smaller request: it timed out or counted too many samples.
  fileprivate var asksForLess: Bool {
    switch self {
    case .unavailable: true
    case .malformed(let text): text.contains("too many samples") || text.contains("11,000")
    case .denied: false
    }
  }
}
