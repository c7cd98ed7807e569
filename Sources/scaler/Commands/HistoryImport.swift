import Adapters
import Domain
import Foundation
import Storage
import Synchronization

/// Loads one service's past from a Prometheus into the store, newest first. Where it stands is kept
/// in the store after every part, so that a run that was killed goes on from there.
struct HistoryImport: Sendable {
  let service: ServiceID
  let source: PrometheusSource
  let from: Timestamp
  let to: Timestamp
  let step: Duration
  let store: Store

  struct Result: Sendable {
    /// For the person at the terminal.
    var lines: [String]
  }

  /// How far an interrupted import came, and of which range and query it was.
  struct Checkpoint: Codable, Equatable {
    var query: String
    var stepSeconds: Int64
    /// The end of the whole range.
    var to: Timestamp
    /// Everything from here on is stored.
    var resumeBefore: Timestamp
  }

  private var key: String { "import.prometheus.\(service)" }

  /// - Parameter show: told of the share that is done, 0 to 1.
  func perform(
    restart: Bool, show: @escaping @Sendable (Double) -> Void
  ) async throws -> Result {
    let known = restart ? nil : try checkpoint()
    let end = known?.to ?? to
    guard let backfill = source.backfill(of: service, from: from, to: end, step: step) else {
      throw CommandFailure(status: .badConfiguration, message: "no query names \(service)")
    }
    var lines: [String] = []
    if let known { lines.append("goes on before \(known.resumeBefore)") }
    let counts = Mutex(ImportResult())
    let reached = Mutex(known?.resumeBefore ?? end)
    let failure = Mutex<(any Error)?>(nil)
    do {
      try await backfill.run(resumingBefore: known?.resumeBefore) { part throws(SourceError) in
        do {
          let result = try await store.importSeries(part.series, metric: .rate)
          try await keep(
            Checkpoint(
              query: backfill.query, stepSeconds: step.wholeSeconds, to: end,
              resumeBefore: part.resumeBefore))
          counts.withLock { $0 = $0 + result }
        } catch {
          failure.withLock { $0 = error }
          throw SourceError.malformed("\(error)")
        }
        reached.withLock { $0 = part.resumeBefore }
        show(part.progress)
      }
    } catch {
      // A full disk is not a source that is down.
      throw failure.withLock { $0 } ?? error
    }
    try await store.setMeta(key, to: nil)
    let stop = reached.withLock { $0 }
    if stop > backfill.from {
      lines.append("the source has nothing before \(stop): its retention is reached")
    }
    lines.append("\(counts.withLock { $0 })")
    lines.append(try await report(from: backfill.from, to: end))
    return Result(lines: lines)
  }

  /// What is known now: span, resolution, gaps, and whole days and weeks, which are what a forecast
  /// learns its cycles from.
  private func report(from: Timestamp, to: Timestamp) async throws -> String {
    let whole = try await store.series(
      of: service, metric: .rate, from: from, to: to.floored(to: step), step: step)
    guard let first = whole.values.firstIndex(where: { !$0.isNaN }),
      let last = whole.values.lastIndex(where: { !$0.isNaN })
    else { return "nothing is known between \(from) and \(to)" }
    let known = whole.slice(from: whole.time(at: first), to: whole.time(at: last + 1))
    let days = Self.cycles(of: .seconds(86_400), in: known)
    let weeks = Self.cycles(of: .seconds(7 * 86_400), in: known)
    return "\(SeriesReport(known)); \(days) cycles of a day, \(weeks) of a week"
  }

  /// Periods counted back from the end of which at least half is known.
  static func cycles(of period: Duration, in series: TimeSeries) -> Int {
    let width = Int(period.wholeSeconds / series.step.wholeSeconds)
    guard width > 0 else { return 0 }
    return stride(from: series.count - width, through: 0, by: -width).count { start in
      series.values[start..<start + width].count { !$0.isNaN } * 2 >= width
    }
  }

  private func checkpoint() throws -> Checkpoint? {
    guard let text = try store.meta(key),
      let known = try? JSONDecoder().decode(Checkpoint.self, from: Data(text.utf8)),
      known.query == source.backfill(of: service, from: from, to: to, step: step)?.query,
      known.stepSeconds == step.wholeSeconds
    else { return nil }
    return known
  }

  private func keep(_ checkpoint: Checkpoint) async throws {
    let text = String(decoding: try JSONEncoder().encode(checkpoint), as: UTF8.self)
    try await store.setMeta(key, to: text)
  }
}
