import Domain

/// The observed rates of the last minute, for the reactive part.
///
/// The reaction takes the larger of the mean over a minute and the newest value: the mean rides out
/// noise, the newest value sees a burst one tick after it began.
struct RecentRate: Sendable, Equatable {
  struct Entry: Sendable, Equatable {
    var time: Timestamp
    var rate: Double
  }

  /// Seconds.
  static let window: Int64 = 60

  private(set) var entries: [Entry] = []

  init(entries: [Entry] = []) { self.entries = entries }

  mutating func append(_ rate: Double, at time: Timestamp) {
    forget(before: time)
    entries.append(Entry(time: time, rate: rate))
  }

  /// Drops what is older than the window, also when nothing new arrives.
  mutating func forget(before time: Timestamp) {
    let oldest = time.earlier(by: Self.window)
    var expired = 0
    while expired < entries.count, entries[expired].time <= oldest { expired += 1 }
    if expired > 0 { entries.removeFirst(expired) }
  }

  /// Requests per second to plan for; nil if nothing was seen within the window.
  var planned: Double? {
    guard let newest = entries.last else { return nil }
    var sum = 0.0
    for entry in entries { sum += entry.rate }
    return max(sum / Double(entries.count), newest.rate)
  }
}
