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

  /// Requests per second `seconds` after the newest value, if the rate goes on to climb as between the
  /// last two, to no more than twice the newest; nil unless it climbs.
  func climbed(for seconds: Double) -> Double? {
    guard entries.count > 1 else { return nil }
    let (before, newest) = (entries[entries.count - 2], entries[entries.count - 1])
    let apart = newest.time.seconds - before.time.seconds
    guard apart > 0, newest.rate > before.rate else { return nil }
    return Self.climbed(
      from: before.rate, to: newest.rate, within: Double(apart), for: seconds)
  }

  /// A sudden burst looks like a steep climb at the tick that sees its first half: twice as much is as
  /// far as a slope of two values is believed.
  static func climbed(
    from before: Double, to newest: Double, within: Double, for seconds: Double
  ) -> Double {
    min(2 * newest, newest + (newest - before) * seconds / within)
  }

  /// Requests per second to plan for; nil if nothing was seen within the window.
  var planned: Double? {
    guard let newest = entries.last else { return nil }
    var sum = 0.0
    for entry in entries { sum += entry.rate }
    return max(sum / Double(entries.count), newest.rate)
  }
}
