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

  /// Adds a value and gives the maximum over `window`, both ends included.
  mutating func hold(_ value: Double, at time: Timestamp, window: Duration) -> Double {
    while let last = entries.last, last.value <= value { entries.removeLast() }
    entries.append(Entry(time: time, value: value))
    let oldest = time - window
    if let first = entries.first, first.time < oldest {
      let expired = entries.prefix { $0.time < oldest }.count
      entries.removeFirst(expired)
    }
    return entries.first?.value ?? value
  }

  mutating func forget() { entries.removeAll(keepingCapacity: true) }
}
