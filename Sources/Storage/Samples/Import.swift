public import Domain
import GRDB
import Synchronization

/// What an import did.
public struct ImportResult: Sendable, Equatable {
  /// Known values that were not stored before.
  public var added = 0
  /// Values that were stored already.
  public var known = 0
  /// Values that differ from what is stored; the stored ones stay.
  public var conflicts = 0

  public init(added: Int = 0, known: Int = 0, conflicts: Int = 0) {
    self.added = added
    self.known = known
    self.conflicts = conflicts
  }
}

extension ImportResult: CustomStringConvertible {
  public var description: String {
    "\(added) values added, \(known) were there already"
      + (conflicts == 0 ? "" : ", \(conflicts) differ from what is stored, which stays")
  }
}

extension Store {
  /// Stores a whole series as it is, directly in chunks; on the disk when it returns. Running it
  /// again adds nothing, and running it again after a kill adds what was missing: work is committed
  /// window by window. Retention leaves imported values at 1 minute or coarser as they are.
  ///
  /// - Throws: `.refused` for a value that is negative, infinite or above `Sample.ceiling`, or for
  ///   times and steps that the store does not keep; nothing was stored then.
  public func importSeries(
    _ series: TimeSeries, service: ServiceID, metric: Sample.Metric
  ) async throws(StoreError) -> ImportResult {
    try await importSeries([service: series], metric: metric)
  }

  /// The same for many services; other writers come between the transactions.
  public func importSeries(
    _ series: [ServiceID: TimeSeries], metric: Sample.Metric
  ) async throws(StoreError) -> ImportResult {
    for series in series.values { try Self.checkImport(series, metric) }
    var result = ImportResult()
    var work: [SampleStore.ImportSlice] = []
    var windows = 0
    for (service, series) in series.sorted(by: { $0.key < $1.key }) {
      for slice in SampleStore.slices(of: series, service: service, metric: metric) {
        work.append(slice)
        windows += slice.sections.count
        guard windows >= SampleStore.windowsPerCommit else { continue }
        result = result + (try await importSlices(work))
        (work, windows) = ([], 0)
      }
    }
    return work.isEmpty ? result : result + (try await importSlices(work))
  }

  private static func checkImport(
    _ series: TimeSeries, _ metric: Sample.Metric
  ) throws(StoreError) {
    if let bad = series.values.first(where: { !($0.isNaN || (0...Sample.ceiling).contains($0)) }) {
      throw .refused("\(bad) is not a \(metric.rawValue) that can be stored")
    }
    guard series.start.seconds > 0, series.end <= .latest else {
      throw .refused("the store keeps times from 1970 to 9999")
    }
    guard series.step.wholeSeconds <= Tier.quarterHour.window else {
      throw .refused("a step of \(series.step.shortText) is too long for a time series")
    }
  }

  private func importSlices(
    _ slices: [SampleStore.ImportSlice]
  ) async throws(StoreError) -> ImportResult {
    do {
      return try await database.writeWithoutTransaction { db in
        if self.samples.isLogFull(db) { throw StoreError.overloaded(file: self.file) }
        return try self.samples.recoveringOnError(db) {
          try self.samples.importSlices(slices, db)
        }
      }
    } catch {
      throw StoreError(error, file: file)
    }
  }
}

extension ImportResult {
  public static func + (left: ImportResult, right: ImportResult) -> ImportResult {
    ImportResult(
      added: left.added + right.added, known: left.known + right.known,
      conflicts: left.conflicts + right.conflicts)
  }
}

extension SampleStore {
  /// Windows of one transaction.
  static let windowsPerCommit = 64

  /// Some windows of one series.
  struct ImportSlice: Sendable {
    var service: ServiceID
    var metric: Sample.Metric
    var step: Int64
    var sections: [(window: Int64, section: Section)]
  }

  /// The known values, at most as many windows at once as one transaction takes.
  static func slices(
    of series: TimeSeries, service: ServiceID, metric: Sample.Metric
  ) -> [ImportSlice] {
    let sections = sections(of: series)
    return stride(from: 0, to: sections.count, by: windowsPerCommit).map { start in
      ImportSlice(
        service: service, metric: metric, step: series.step.wholeSeconds,
        sections: Array(sections[start..<min(start + windowsPerCommit, sections.count)]))
    }
  }

  /// Stores slices in one transaction.
  func importSlices(_ slices: [ImportSlice], _ db: Database) throws -> ImportResult {
    var result = ImportResult()
    var changed: [SeriesState] = []
    try db.inTransaction(.immediate) {
      for slice in slices {
        let known = try stateForImport(slice.service, slice.metric, db)
        var state = changed.last { $0.id == known.id } ?? known
        if state.resolution == 0 { state.resolution = slice.step }
        let tier = Tier.holding(step: slice.step)
        for (window, section) in slice.sections {
          let key = ChunkKey(tier: tier, window: window, series: state.id)
          try Self.merge(section, into: key, counting: &result, db)
          state.note(imported: section)
        }
        if let first = slice.sections.first?.window, let last = slice.sections.last?.window {
          try ChunkTable.note(first...last, tier, series: state.id, db)
          if tier == .raw { state.lastRawWindow = max(state.lastRawWindow, last) }
        }
        try SeriesTable.update(state, db)
        changed.append(state)
      }
      return .commit
    }
    head.withLock { head in
      for state in changed {
        guard let position = head.position(ofID: state.id) else { continue }
        head.series[position].takeImported(state)
      }
    }
    return result
  }

  private static func merge(
    _ section: Section, into key: ChunkKey, counting result: inout ImportResult, _ db: Database
  ) throws {
    guard var sections = try ChunkTable.fetch(key, db) else {
      result.added += section.times.count
      try ChunkTable.store([section], key, db)
      return
    }
    var fresh = Section(width: section.width, unit: section.unit, kept: true)
    for index in section.times.indices {
      let time = section.times[index]
      var stored: Double?
      for other in sections where stored == nil {
        stored = other.index(of: time).map { other.mean(at: $0) }
      }
      guard let stored else {
        fresh.append(section, index)
        continue
      }
      if ValueColumn.isSame(stored, section.values[index]) {
        result.known += 1
      } else {
        result.conflicts += 1
      }
    }
    guard !fresh.times.isEmpty else { return }
    result.added += fresh.times.count
    if let index = sections.firstIndex(where: { $0.isLike(fresh) }) {
      sections[index].merge(fresh)
    } else {
      sections.append(fresh)
    }
    try ChunkTable.store(sections, key, db)
  }

  private func stateForImport(_ service: ServiceID, _ metric: Sample.Metric, _ db: Database)
    throws -> SeriesState
  {
    let (state, isNew) = head.withLock { head -> (SeriesState, Bool) in
      if let position = head.position(of: service, metric) {
        return (head.series[position], false)
      }
      let state = SeriesState(id: head.nextID, service: service, metric: metric)
      head.nextID += 1
      _ = head.add(state)
      return (state, true)
    }
    if isNew { try SeriesTable.insert(state, db) }
    return state
  }

  /// The known values, one section per window of their tier.
  private static func sections(of series: TimeSeries) -> [(window: Int64, section: Section)] {
    let step = series.step.wholeSeconds
    let tier = Tier.holding(step: step)
    var sections: [(window: Int64, section: Section)] = []
    for (index, value) in series.values.enumerated() where !value.isNaN {
      let time = series.start.seconds + Int64(index) * step
      let window = tier.window(of: time)
      if sections.last?.window != window {
        sections.append((window, Section(width: step, unit: step, kept: true)))
      }
      sections[sections.count - 1].section.times.append(time)
      sections[sections.count - 1].section.values.append(value)
    }
    return sections
  }
}

extension SeriesState {
  mutating func note(imported section: Section) {
    guard let first = section.times.first, let last = section.times.last else { return }
    oldest = min(oldest, first)
    if last > newest {
      newest = last
      newestValue = section.values[section.values.count - 1]
    }
    hasChunks = true
  }

  /// Takes what an import changed; samples may have come in meanwhile.
  mutating func takeImported(_ other: SeriesState) {
    oldest = min(oldest, other.oldest)
    if other.newest > newest {
      newest = other.newest
      newestValue = other.newestValue
    }
    if resolution == 0 { resolution = other.resolution }
    lastRawWindow = max(lastRawWindow, other.lastRawWindow)
    hasChunks = true
  }
}
