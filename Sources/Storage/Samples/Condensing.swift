import GRDB

/// Moves chunks from a tier to the next coarser one, or out.
struct Condensing: Sendable {
  var tier: Tier
  var series: Int64
  /// All within one window of the coarser tier.
  var windows: ClosedRange<Int64>

  /// - Returns: the chunks that went.
  func run(_ db: Database) throws -> Int {
    var moving: [[Section]] = []
    var gone = 0
    var staying = 0
    for window in windows {
      let key = ChunkKey(tier: tier, window: window, series: series)
      guard let sections = try ChunkTable.fetch(key, db) else { continue }
      let kept = sections.filter(stays)
      moving.append(sections.filter { !stays($0) })
      if kept.isEmpty {
        try ChunkTable.delete(key, db)
        gone += 1
      } else {
        staying += 1
        if kept.count < sections.count { try ChunkTable.store(kept, key, db) }
      }
    }
    if let coarser = tier.coarser, moving.contains(where: { !$0.isEmpty }) {
      let target = windows.lowerBound * tier.window / coarser.window
      let key = ChunkKey(tier: coarser, window: target, series: series)
      for section in Self.condensed(moving, to: coarser.step) {
        try ChunkTable.merge(section, into: key, db)
      }
      try ChunkTable.note(target...target, coarser, series: series, db)
    }
    try ChunkTable.settle(windows, tier, series: series, emptied: staying == 0, db)
    return gone
  }

  /// An import at one minute or coarser stays as it is.
  private func stays(_ section: Section) -> Bool { section.kept && tier != .raw }

  /// The same measurements in points of `step` seconds. Points that are that coarse already stay
  /// as they are; imported ones stay apart.
  static func condensed(_ windows: [[Section]], to step: Int64) -> [Section] {
    var result: [Section] = []
    for section in windows.joined() where section.width >= step {
      if let index = result.firstIndex(where: { $0.isLike(section) }) {
        result[index].merge(section)
      } else {
        result.append(section)
      }
    }
    for kept in [false, true] {
      let fine = windows.map { $0.filter { $0.width < step && $0.kept == kept } }
        .filter { !$0.isEmpty }
      let unit = fine.joined().map(\.unit).min() ?? step
      var condensed = Section(width: step, unit: unit, kept: kept, aggregated: true)
      for (index, sections) in fine.enumerated() {
        let limit = index + 1 < fine.count ? fine[index + 1].firstTime : .max
        sections.forEachPoint(until: limit) { condensed.add($0) }
      }
      if !condensed.times.isEmpty { result.append(condensed) }
    }
    return result
  }
}

extension Section {
  /// Adds a point to the aggregate that covers it; points come by ascending time.
  fileprivate mutating func add(_ point: MeasuredPoint) {
    guard var aggregate, point.measured > 0 else { return }
    self.aggregate = nil
    defer { self.aggregate = aggregate }
    let time = point.time / width * width
    let integral = point.mean * Double(point.measured)
    if times.last == time {
      let last = times.count - 1
      values[last] += integral
      aggregate.seconds[last] += point.measured
      aggregate.maxima[last] = max(aggregate.maxima[last], point.largest)
    } else {
      times.append(time)
      values.append(integral)
      aggregate.seconds.append(point.measured)
      aggregate.maxima.append(point.largest)
    }
  }
}
