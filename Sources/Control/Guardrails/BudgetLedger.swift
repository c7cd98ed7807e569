import Domain

/// What the fleet has cost in the present calendar month (UTC), by our own count of replicas, and
/// whether the month's budget will last at the pace of the last days.
///
/// A bill comes a day late; the sizes are known at every tick.
struct BudgetLedger: Sendable, Equatable {
  /// The first instant of the present month, and of the next.
  var monthStart: Timestamp?
  var monthEnd: Timestamp?
  var lastTick: Timestamp?
  /// Replica-seconds since the month's start, or since the first tick in it.
  var spent = 0.0
  /// The mean size, fading over three days.
  var meanSize: Double?

  static let fading = 3.0 * 86_400
  /// The longest time that one observed size is taken to have stood.
  static let longestStep: Int64 = 3600

  /// Counts the time since the last tick at the size that the fleet has now.
  mutating func observe(size: Int, at now: Timestamp) {
    if let monthEnd, now < monthEnd {
      // The month goes on.
    } else {
      (monthStart, monthEnd) = Self.month(of: now)
      spent = 0
    }
    defer { lastTick = now }
    guard let lastTick else { return }
    let seconds = Double(min(max(0, now.seconds - lastTick.seconds), Self.longestStep))
    spent += Double(size) * seconds
    let gain = min(1, seconds / Self.fading)
    meanSize = meanSize.map { $0 + gain * (Double(size) - $0) } ?? Double(size)
  }

  /// The share of the budget that is spent, and the size at which the rest of it lasts to the
  /// month's end, while the present pace would overspend it. Nil while it would not.
  ///
  /// - Parameter budget: Replica-seconds per month.
  func brake(budget: Double, at now: Timestamp) -> (spent: Double, affordable: Int)? {
    guard let monthEnd, let meanSize, budget > 0 else { return nil }
    let left = Double(max(1, monthEnd.seconds - now.seconds))
    guard spent + meanSize * left > budget else { return nil }
    let affordable = max(0, budget - spent) / left
    return (spent / budget, affordable < 1e9 ? Int(affordable) : 1_000_000_000)
  }

  /// The calendar month (UTC) that holds an instant.
  private static func month(of time: Timestamp) -> (start: Timestamp, end: Timestamp) {
    let (year, month, _) = CivilDay.date(of: CivilDay.divide(time.seconds, 86_400))
    let (start, end) = (
      CivilDay.number(year: year, month: month, day: 1),
      CivilDay.number(year: year, month: month + 1, day: 1)
    )
    return (Timestamp(seconds: start * 86_400), Timestamp(seconds: end * 86_400))
  }
}
