import Domain

/// The sizes that the fleet had within the last hour or longer, for limits that speak of "within a
/// minute" and for its swings.
///
/// A size stands from its tick until the next one, so the one before the window's start counts.
struct SizeHistory: Sendable, Equatable {
  struct Entry: Sendable, Equatable {
    var time: Timestamp
    var size: Int
  }

  private(set) var entries: [Entry] = []

  init(entries: [Entry] = []) { self.entries = entries }

  /// Adds a size and forgets what ended before `horizon`.
  mutating func append(_ size: Int, at time: Timestamp, horizon: Timestamp) {
    if entries.last?.size != size { entries.append(Entry(time: time, size: size)) }
    var expired = 0
    while expired + 1 < entries.count, entries[expired + 1].time <= horizon { expired += 1 }
    // Now and then: an hour of sizes is not moved up at every tick.
    if expired >= 16 { entries.removeFirst(expired) }
  }

  /// How the size swung within the window that ends now.
  func swing(since time: Timestamp) -> Swing {
    let first = entries.lastIndex { $0.time <= time } ?? 0
    var swing = Swing(from: entries.isEmpty ? 0 : entries[first].size)
    for entry in entries.dropFirst(first + 1) { swing.add(entry.size) }
    return swing
  }

  func largest(since time: Timestamp) -> Int? {
    guard var largest = entries.last?.size else { return nil }
    for entry in entries.reversed() {
      largest = max(largest, entry.size)
      if entry.time <= time { break }
    }
    return largest
  }

  func smallest(since time: Timestamp) -> Int? {
    guard var smallest = entries.last?.size else { return nil }
    for entry in entries.reversed() {
      smallest = min(smallest, entry.size)
      if entry.time <= time { break }
    }
    return smallest
  }
}
