import Domain

/// The sizes that the fleet had at the last ticks, for limits that speak of "within a minute".
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
    let expired = entries.dropFirst().prefix { $0.time <= horizon }.count
    if expired > 0 { entries.removeFirst(expired) }
  }

  func largest(since time: Timestamp) -> Int? { sizes(since: time).max() }

  func smallest(since time: Timestamp) -> Int? { sizes(since: time).min() }

  private func sizes(since time: Timestamp) -> some Sequence<Int> {
    let first = entries.lastIndex { $0.time <= time } ?? entries.startIndex
    return entries[first...].lazy.map(\.size)
  }
}
