public import Domain
import GRDB
import Synchronization

/// What a step of a read series says of the samples in it.
public enum SampleStatistic: Sendable {
  case mean
  /// The mean; but a sample that covers four steps or more is not a plateau: the steps lie on straight
  /// lines between the middles of it and of its neighbours, as `simulate` reads a trace that is
  /// coarser than its steps. A model that is fitted to plateaus takes them for its demand.
  case interpolatedMean
  /// The largest sample, also where only means are kept finely.
  case maximum
}

/// What is known about one stored series.
public struct SeriesInfo: Sendable, Equatable {
  public var service: ServiceID
  public var metric: Sample.Metric
  /// The spacing of most samples; nil until two are known.
  public var resolution: Duration?
  /// The first instant stored; retention may have dropped what lay there.
  public var oldest: Timestamp
  public var newest: Timestamp
}

extension Store {
  /// Stores samples; when it returns, what was taken is on the disk. Calls that arrive together
  /// share one transaction and one fsync.
  ///
  /// Samples may come up to an hour late, in any order and twice: the same value again (within 1e-8)
  /// is taken and changes nothing, another value for a stored instant is refused as `.conflict`, a new
  /// one more than an hour before its series' newest as `.tooOld`. A sample of a time that retention
  /// has already condensed is taken and changes nothing.
  ///
  /// - Parameter now: bounds the future, see `Sample.refusal(now:)`.
  /// - Returns: one entry per sample, nil for taken.
  /// - Throws: then none of these samples was stored; `.overloaded` at once when more wait for the
  ///   disk than should, and while a reader keeps the log at its bound.
  public func append(_ samples: [Sample], now: Timestamp) async throws(StoreError)
    -> [SampleRefusal?]
  {
    try await self.samples.append(samples, now: now)
  }

  /// Means over `[from, to)` in steps that start at `from`; NaN where less than half of a step is
  /// known. `to` is rounded up to a whole step.
  ///
  /// A sample counts for the seconds that it covers (its series' resolution), so samples finer than
  /// `step` are averaged and coarser ones fill all the steps that they cover. Where retention has
  /// condensed the past, its means are read; `.maximum` gives the largest sample behind them.
  ///
  /// - Throws: `.refused` for more than ten million steps or a step below a second.
  public func series(
    of service: ServiceID, metric: Sample.Metric, from: Timestamp, to: Timestamp, step: Duration,
    statistic: SampleStatistic = .mean
  ) throws(StoreError) -> TimeSeries {
    let count = try Self.stepCount(from: from, to: to, step: step)
    let reader = reader(service, metric, from, step, count)
    let values = try read {
      try reader.values(
        from: from.seconds, step: step.wholeSeconds, count: count, statistic: statistic, $0)
    }
    return TimeSeries(start: from, step: step, values: values)
  }

  /// As the blocking form.
  public func series(
    of service: ServiceID, metric: Sample.Metric, from: Timestamp, to: Timestamp, step: Duration,
    statistic: SampleStatistic = .mean
  ) async throws(StoreError) -> TimeSeries {
    let count = try Self.stepCount(from: from, to: to, step: step)
    let reader = reader(service, metric, from, step, count)
    let values = try await read {
      try reader.values(
        from: from.seconds, step: step.wholeSeconds, count: count, statistic: statistic, $0)
    }
    return TimeSeries(start: from, step: step, values: values)
  }

  /// The newest sample of a series; nil if it has none.
  public func newest(of service: ServiceID, metric: Sample.Metric) -> Sample? {
    samples.head.withLock { head in
      guard let position = head.position(of: service, metric) else { return nil }
      let state = head.series[position]
      guard state.newest != .min else { return nil }
      return Sample(
        service: service, metric: metric, time: Timestamp(seconds: state.newest),
        value: state.newestValue)
    }
  }

  /// The services that have samples, by name.
  public func services() -> [ServiceID] { samples.head.withLock { $0.services } }

  /// Every series with samples, by service and metric; or those of one service.
  public func seriesInfo(of service: ServiceID? = nil) -> [SeriesInfo] {
    let states = samples.head.withLock { head in
      head.series.filter { $0.newest != .min && (service == nil || $0.service == service) }
    }
    return states.map { state in
      SeriesInfo(
        service: state.service, metric: state.metric,
        resolution: state.resolution > 0 ? .seconds(state.resolution) : nil,
        oldest: Timestamp(seconds: state.oldest), newest: Timestamp(seconds: state.newest))
    }.sorted { ($0.service, $0.metric.rawValue) < ($1.service, $1.metric.rawValue) }
  }

  /// Moves every acknowledged sample into its chunk now. The store does so by itself in time.
  public func sealAll() async throws(StoreError) {
    do {
      try await database.writeWithoutTransaction { _ in self.samples.beginSealing() }
      while try await database.writeWithoutTransaction({ try self.samples.sealSlice($0) }) {}
    } catch {
      throw StoreError(error, file: file)
    }
  }

  private func reader(
    _ service: ServiceID, _ metric: Sample.Metric, _ from: Timestamp, _ step: Duration,
    _ count: Int
  ) -> SeriesReader {
    let end = from.seconds + Int64(count) * step.wholeSeconds
    return samples.head.withLock {
      SeriesReader(service, metric, from: from.seconds, to: end, head: $0)
    }
  }

  private static func stepCount(from: Timestamp, to: Timestamp, step: Duration)
    throws(StoreError) -> Int
  {
    let width = step.wholeSeconds
    guard width >= 1, step.components.attoseconds == 0 else {
      throw .refused("a step of \(step.shortText) is not a whole number of seconds")
    }
    guard from >= .earliest, to <= .latest, to > from else { return 0 }
    let count = (to.seconds - from.seconds - 1) / width + 1
    guard count <= 10_000_000 else {
      throw .refused("\(count) steps of \(step.shortText) are more than the store reads at once")
    }
    return Int(count)
  }
}
