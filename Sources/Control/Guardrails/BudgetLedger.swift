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

  /// The calendar month that holds an instant; days are counted as in Howard Hinnant's
  /// `civil_from_days`.
  static func month(of time: Timestamp) -> (start: Timestamp, end: Timestamp) {
    let days = (time.seconds - (time.seconds % 86_400 + 86_400) % 86_400) / 86_400
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let start = dayOfYear - (153 * shiftedMonth + 2) / 5
    // Months count from March there; February is the last one and has what the year leaves.
    let lengths: [Int64] = [31, 30, 31, 30, 31, 31, 30, 31, 30, 31, 31]
    let year = yearOfEra + era * 400 + 1
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    let length = shiftedMonth < 11 ? lengths[Int(shiftedMonth)] : isLeap ? 29 : 28
    let first = days - start
    return (
      Timestamp(seconds: first * 86_400), Timestamp(seconds: (first + length) * 86_400)
    )
  }
}
