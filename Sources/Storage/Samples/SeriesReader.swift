import Domain
import GRDB

/// Reads one series at any step from the head and the chunks.
struct SeriesReader {
  let service: ServiceID
  let metric: Sample.Metric
  /// The head's points within the range, copied before the chunks are read.
  let unsealed: [Point]
  /// What an unsealed point covers.
  let width: Int64
  let id: Int64?

  init(_ service: ServiceID, _ metric: Sample.Metric, from: Int64, to: Int64, head: Head) {
    self.service = service
    self.metric = metric
    if let position = head.position(of: service, metric) {
      let state = head.series[position]
      id = state.id
      width = state.width
      unsealed = state.slice(from: from - state.width, to: to)
    } else {
      id = nil
      width = 1
      unsealed = []
    }
  }

  func values(from: Int64, step: Int64, count: Int, statistic: SampleStatistic, _ db: Database)
    throws -> [Double]
  {
    var grids: [StepGrid] = []
    var raw = StepGrid(start: from, step: step, count: count, statistic: statistic)
    var unsealedTimes: [Int64] = []
    if !unsealed.isEmpty {
      var section = Section(width: width, unit: width, kept: false)
      section.times = unsealed.map(\.time)
      section.values = unsealed.map(\.value)
      raw.add(section)
      unsealedTimes = section.times
    }
    guard let series = try id ?? storedID(db) else { return StepGrid.combined([raw], count, step) }
    var usesRaw = !unsealed.isEmpty
    for (tier, windows) in try ChunkTable.spans(of: series, db) {
      // A point may reach from the window before into the range.
      let low = max(windows.lowerBound, tier.window(of: max(0, from)) - 1)
      let high = min(windows.upperBound, tier.window(of: max(0, raw.end - 1)))
      guard low <= high else { continue }
      var grid =
        tier == .raw
        ? raw : StepGrid(start: from, step: step, count: count, statistic: statistic)
      for window in low...high {
        let key = ChunkKey(tier: tier, window: window, series: series)
        for section in try ChunkTable.fetch(key, db) ?? [] {
          grid.add(section, except: tier == .raw ? unsealedTimes : [])
        }
      }
      if tier == .raw {
        raw = grid
        usesRaw = true
      } else {
        grids.append(grid)
      }
    }
    if usesRaw { grids.insert(raw, at: 0) }
    return StepGrid.combined(grids, count, step)
  }

  /// A reading process learns of series that the writing one created later.
  private func storedID(_ db: Database) throws -> Int64? {
    try Int64.fetchOne(
      db, sql: "SELECT id FROM series WHERE service = ? AND metric = ?",
      arguments: [service.name, metric.rawValue])
  }
}
