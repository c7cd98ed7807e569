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
    let end = from + step * Int64(count)
    var spans: [Tier: ClosedRange<Int64>] = [:]
    let series = try id ?? storedID(db)
    if let series {
      for (tier, windows) in try ChunkTable.spans(of: series, db) { spans[tier] = windows }
    }
    var grids: [StepGrid] = []
    for tier in Tier.allCases {
      var unsealed = tier == .raw ? unsealedSections() : [:]
      var grid = StepGrid(start: from, step: step, count: count, statistic: statistic)
      // A window is added when the first instant of the next one is known.
      var waiting: [Section] = []
      var isEmpty = true
      func take(_ sections: [Section]) {
        guard !sections.isEmpty else { return }
        grid.add(waiting, until: sections.firstTime)
        waiting = sections
        isEmpty = false
      }
      func takeUnsealed(before window: Int64) {
        for key in unsealed.keys.sorted() where key < window {
          if let head = unsealed.removeValue(forKey: key) { take([head]) }
        }
      }
      if let series, let span = spans[tier] {
        // A point may reach from the window before into the range.
        let low = max(span.lowerBound, tier.window(of: max(0, from)) - 1)
        let high = min(span.upperBound, tier.window(of: max(0, end - 1)))
        if low <= high {
          try ChunkTable.forEach(low...high, tier, series: series, db) { window, sections in
            takeUnsealed(before: window)
            take(sections + (unsealed.removeValue(forKey: window).map { [$0] } ?? []))
          }
        }
      }
      takeUnsealed(before: .max)
      guard !isEmpty else { continue }
      grid.add(waiting, until: .max)
      grid.finish()
      grids.append(grid)
    }
    return StepGrid.combined(grids, count, step)
  }

  /// The head's points by the window in which they will be sealed.
  private func unsealedSections() -> [Int64: Section] {
    var sections: [Int64: Section] = [:]
    for point in unsealed {
      sections[
        Tier.raw.window(of: point.time), default: Section(width: width, unit: width, kept: false)
      ].append(point)
    }
    return sections
  }

  /// A reading process learns of series that the writing one created later.
  private func storedID(_ db: Database) throws -> Int64? {
    try Int64.fetchOne(
      db, sql: "SELECT id FROM series WHERE service = ? AND metric = ?",
      arguments: [service.name, metric.rawValue])
  }
}
