public import Domain
import Synchronization

/// A long range read in chunks, newest first, so that a usable model exists early; one service's by a
/// query of its own, or many services' by a query that tells them apart by a label.
///
/// Chunks lie on multiples of the step, so that a repeated run meets the same instants. Two are in
/// flight; they are delivered in order, and what was delivered can be skipped by the next run. A
/// server that is overwhelmed gets half the chunk from then on.
public struct PrometheusBackfill: Sendable {
  /// One delivered chunk.
  public struct Part: Sendable {
    /// Each service's means; unknown where Prometheus has nothing.
    public var series: [ServiceID: TimeSeries]
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
  private let question: PrometheusQuestion
  /// By the value of the question's label; the one service by the empty name if it has none.
  private let services: [String: ServiceID]
  /// What is asked.
  public var query: String { question.query }

  /// Prometheus rejects more than 11,000 steps; some that speak its API have lower limits.
  static let mostSteps = 10_000
  /// Values of one answer, about 10 MB of text.
  private static let mostValues = 400_000
  /// Values of one chunk: what is stored at once.
  private static let mostChunkValues = 2_000_000
  private static let inFlight = 2
  /// So many steps without any value after one with values mean that retention is reached.
  private static let emptyStepsToStop = 3 * mostSteps
  private static let deadline: Duration = .seconds(150)

  init(
    api: PrometheusAPI, question: PrometheusQuestion, services: [String: ServiceID],
    from: Timestamp, to: Timestamp, step: Duration
  ) {
    self.api = api
    self.question = question
    self.services = services
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
    let length = steps(of: Self.mostChunkValues)
    var size = steps(of: Self.mostValues)
    var emptyInRow = 0
    var hasData = false
    var waiting: [Task<Fetched, Never>] = []
    defer { for task in waiting { task.cancel() } }
    while true {
      while waiting.count < Self.inFlight, end > from {
        let start = max(from, end - step * length)
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
      let done = Double(to.seconds - fetched.chunk.start.seconds)
      let whole = Double(max(1, to.seconds - from.seconds))
      try await receive(
        Part(
          series: series, resumeBefore: fetched.chunk.start, progress: min(1, done / whole)))
      let isEmpty = series.values.allSatisfy { $0.knownCount == 0 }
      emptyInRow = isEmpty ? emptyInRow + fetched.chunk.count : 0
      hasData = hasData || !isEmpty
      if emptyInRow >= (hasData ? Self.emptyStepsToStop : Self.emptyStepsToStop * 4) { return }
    }
  }

  /// So many that all services' values are at most that.
  private func steps(of values: Int) -> Int {
    max(1, min(Self.mostSteps, values / max(1, services.count)))
  }

  private struct Fetched: Sendable {
    var chunk: PrometheusChunk
    var result: Result<[ServiceID: TimeSeries], SourceError>
    /// How many steps the server took at once.
    var size: Int
  }

  private func fetch(_ chunk: PrometheusChunk) async -> Fetched {
    var size = chunk.most
    var parts: [(part: PrometheusChunk, means: [String: [Double]])] = []
    var end = chunk.end
    var failures = 0
    // Newest first within the chunk as well; a chunk that was cut is put together here.
    while end > chunk.start {
      let part = PrometheusChunk(
        start: max(chunk.start, end - step * size), end: end, step: step, most: size)
      do throws(SourceError) {
        parts.append((part, try await means(of: part)))
        end = part.start
        failures = 0
      } catch {
        failures += 1
        guard error.asksForLess, size > 1, failures < 8, !Task.isCancelled else {
          return Fetched(chunk: chunk, result: .failure(error), size: size)
        }
        size = max(1, min(size, part.count) / 2)
        // Sleeping fails only when cancelled, which the next round sees.
        try? await Task.sleep(for: .milliseconds(Int64.random(in: 0..<(100 << failures))))
      }
    }
    return Fetched(chunk: chunk, result: .success(joined(parts, of: chunk)), size: size)
  }

  /// - Parameter parts: newest first.
  private func joined(
    _ parts: [(part: PrometheusChunk, means: [String: [Double]])], of chunk: PrometheusChunk
  ) -> [ServiceID: TimeSeries] {
    var series: [ServiceID: TimeSeries] = [:]
    for (name, service) in services {
      var values: [Double] = []
      values.reserveCapacity(chunk.count)
      for (part, means) in parts.reversed() {
        values += means[name] ?? Array(repeating: .nan, count: part.count)
      }
      series[service] = TimeSeries(start: chunk.start, step: step, values: values)
    }
    return series
  }

  private func means(of chunk: PrometheusChunk) async throws(SourceError) -> [String: [Double]] {
    // The value at an element's end covers the element, hence one step later at both ends.
    let reply = try await api.range(
      query, from: chunk.start + step, to: chunk.end, step: step, deadline: Self.deadline)
    guard case .matrix(let series) = reply.data else {
      throw .malformed("the query cannot be evaluated over a range")
    }
    if let partiality = reply.partiality { throw .unavailable(partiality) }
    guard let label = question.label else { return ["": try chunk.means(of: series)] }
    let members = Dictionary(grouping: series) { $0.metric[label] ?? "" }
    var means: [String: [Double]] = [:]
    for (name, series) in members where services[name] != nil {
      do throws(SourceError) {
        means[name] = try chunk.means(of: series)
      } catch {
        // One that the query names twice is unknown, as at a tick, and costs nobody else anything.
        if services.count == 1 { throw error }
      }
    }
    return means
  }
}

extension SourceError {
  /// Whether the server may well answer a smaller request: it timed out, counted too many samples, or
  /// said more than is read.
  fileprivate var asksForLess: Bool {
    switch self {
    case .unavailable: true
    case .malformed(let text):
      ["too many samples", "11,000", "the answer is longer"].contains { text.contains($0) }
    case .denied: false
    }
  }
}
