public import Domain
import Synchronization

/// Remembers what was expected, so that a picture can show the band that was there before the
/// outcome was.
///
/// Each forecast is noted when it is made. Once a step has begun, what the newest forecast made
/// before said of it is kept. Kept in memory only: after a restart the past band begins anew.
public final class ForecastMemory: Sendable {
  private struct Kept: Sendable {
    let step: Duration
    let levels: [Double]
    var newest: ForecastCurve
    /// One per step that has begun, ascending: its start, then the mean and the quantiles.
    var rows: [(start: Timestamp, values: [Float])] = []
  }

  private let kept = Mutex<[ServiceID: Kept]>([:])
  private let capacity: Int

  /// - Parameter capacity: steps kept per service, the newest; each takes some 40 bytes plus 4 for
  ///   every quantile.
  public init(capacity: Int = 2016) {
    precondition(capacity > 0, "a memory holds something")
    self.capacity = capacity
  }

  /// Notes a forecast. One with another step or other quantiles than the last starts the service
  /// anew. O(steps begun since the last), so noting every forecast of every tick is fine.
  public func note(_ curve: ForecastCurve, of service: ServiceID) {
    kept.withLock { kept in
      let levels = curve.quantiles.map(\.level)
      guard var known = kept[service], known.step == curve.step, known.levels == levels else {
        kept[service] = Kept(step: curve.step, levels: levels, newest: curve)
        return
      }
      settle(&known, until: curve.madeAt ?? curve.start)
      known.newest = curve
      kept[service] = known
    }
  }

  /// What was expected over a range; nil where nothing is kept of it.
  public func past(of service: ServiceID, _ grid: TimeGrid) -> ForecastCurve? {
    kept.withLock { kept in
      guard var known = kept[service] else { return nil }
      settle(&known, until: grid.to)
      let rows = known.rows.filter { $0.start >= grid.from - known.step && $0.start < grid.to }
      guard let first = rows.first?.start, let last = rows.last?.start else { return nil }
      let width = known.step.wholeSeconds
      let count = Int((last.seconds - first.seconds) / width) + 1
      var columns = Array(
        repeating: [Double](repeating: .nan, count: count), count: known.levels.count + 1)
      for row in rows {
        let index = Int((row.start.seconds - first.seconds) / width)
        for (column, value) in row.values.enumerated() { columns[column][index] = Double(value) }
      }
      return ForecastCurve(
        madeAt: nil, start: first, step: known.step, mean: columns[0],
        quantiles: zip(known.levels, columns.dropFirst()).map {
          ForecastCurve.Quantile(level: $0, values: $1)
        }, model: known.newest.model)
    }
  }

  /// Keeps what the newest forecast says of the steps that have begun by `time`.
  private func settle(_ known: inout Kept, until time: Timestamp) {
    let curve = known.newest
    for index in curve.mean.indices {
      let start = curve.time(at: index)
      if start > time { break }
      if let last = known.rows.last?.start, start <= last { continue }
      let values =
        [curve.mean[index]]
        + curve.quantiles.map { index < $0.values.count ? $0.values[index] : .nan }
      known.rows.append((start, values.map(Float.init)))
    }
    if known.rows.count > capacity + capacity / 4 {
      known.rows.removeFirst(known.rows.count - capacity)
    }
  }
}
