import GRDB

/// Moves chunks from a tier to the next coarser one, or out.
struct Condensing: Sendable {
  var tier: Tier
  var series: Int64
  /// All within one window of the coarser tier.
  var windows: ClosedRange<Int64>

  /// - Returns: the chunks that went.
  func run(_ db: Database) throws -> Int {
    var moved: [Section] = []
    var gone = 0
    var staying = 0
    for window in windows {
      let key = ChunkKey(tier: tier, window: window, series: series)
      guard let sections = try ChunkTable.fetch(key, db) else { continue }
      let kept = sections.filter(stays)
      moved += sections.filter { !stays($0) }
      if kept.isEmpty {
        try ChunkTable.delete(key, db)
        gone += 1
      } else {
        staying += 1
        if kept.count < sections.count { try ChunkTable.store(kept, key, db) }
      }
    }
    if let coarser = tier.coarser, !moved.isEmpty {
      let target = windows.lowerBound * tier.window / coarser.window
      let key = ChunkKey(tier: coarser, window: target, series: series)
      for section in moved {
        try ChunkTable.merge(section.condensed(to: coarser.step), into: key, db)
      }
      try ChunkTable.note(target...target, coarser, series: series, db)
    }
    try ChunkTable.settle(windows, tier, series: series, emptied: staying == 0, db)
    return gone
  }

  /// An import at one minute or coarser stays as it is.
  private func stays(_ section: Section) -> Bool { section.kept && tier != .raw }
}

extension Section {
  /// The same measurements in points of `step` seconds; sums, counts and maxima are kept. Points
  /// that are that coarse already stay as they are.
  func condensed(to step: Int64) -> Section {
    guard width < step else { return self }
    var result = Section(width: step, unit: unit, kept: kept, aggregated: true)
    var aggregate = Aggregate(counts: [], maxima: [])
    for index in times.indices {
      let time = times[index] / step * step
      if result.times.last == time {
        let last = result.times.count - 1
        result.values[last] += values[index]
        aggregate.counts[last] += count(at: index)
        aggregate.maxima[last] = max(aggregate.maxima[last], largest(at: index))
      } else {
        result.times.append(time)
        result.values.append(values[index])
        aggregate.counts.append(count(at: index))
        aggregate.maxima.append(largest(at: index))
      }
    }
    result.aggregate = aggregate
    return result
  }
}
