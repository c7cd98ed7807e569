import Domain

/// The largest of the values given within a window of time, ending with the newest.
///
/// Kept as a falling staircase: a value that a later, larger one covers can never be the maximum
/// again. Amortised O(1) per value; holds at most one entry per distinct step down.
struct HeldMaximum: Sendable, Equatable {
  struct Entry: Sendable, Equatable {
    var time: Timestamp
    var value: Double
  }

  private(set) var entries: [Entry] = []

  init(entries: [Entry] = []) { self.entries = entries }

  /// Adds a value and gives the maximum over the last `window` seconds, both ends included.
  mutating func hold(_ value: Double, at time: Timestamp, window: Int64) -> Double {
    while let last = entries.last, last.value <= value { entries.removeLast() }
    entries.append(Entry(time: time, value: value))
    let oldest = time.earlier(by: window)
    var expired = 0
    while entries[expired].time < oldest { expired += 1 }
    if expired > 0 { entries.removeFirst(expired) }
    return entries[0].value
  }

  mutating func forget() { if !entries.isEmpty { entries.removeAll(keepingCapacity: true) } }
}
