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

  static let window: Duration = .seconds(60)

  private(set) var entries: [Entry] = []

  init(entries: [Entry] = []) { self.entries = entries }

  mutating func append(_ rate: Double, at time: Timestamp) {
    entries.append(Entry(time: time, rate: rate))
    forget(before: time)
  }

  /// Drops what is older than the window, also when nothing new arrives.
  mutating func forget(before time: Timestamp) {
    let oldest = time - Self.window
    let expired = entries.prefix { $0.time <= oldest }.count
    if expired > 0 { entries.removeFirst(expired) }
  }

  /// Requests per second to plan for; nil if nothing was seen within the window.
  var planned: Double? {
    guard let newest = entries.last else { return nil }
    let sum = entries.reduce(0) { $0 + $1.rate }
    return max(sum / Double(entries.count), newest.rate)
  }
}
