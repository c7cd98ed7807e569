/// The past days that stand for days to come: how far each was from the level around it, and how its
/// hours differed from the usual shape. Both are drawn together, so a day of a flash crowd brings
/// its peak along.
struct PastDays: Sendable {
  /// The days of one class, the quietest first.
  struct Pool: Sendable {
    /// Distance from the level around it, logarithm.
    var noises: [Double] = []
    /// Index into `ratios`.
    var days: [Int32] = []
  }

  /// Working days and weekend; the same pool twice where one has too few days.
  let pools: [Pool]
  /// Per hour of the day, one ratio per past day.
  let ratios: [[Float]]
  /// Correlation of the distances of neighbouring days.
  let persistence: Double

  /// Days that a class must have for a pool of its own.
  static let enoughDays = 6

  init(_ history: HourlyHistory, profile: DayProfile, level: DailyLevel) {
    let noises = Self.noises(level.adjusted)
    let all = noises.indices.filter { !noises[$0].isNaN && profile.ratios[$0] != nil }
    let days = all.isEmpty ? [] : all
    let mean = days.isEmpty ? 0 : days.reduce(0) { $0 + noises[$1] } / Double(days.count)
    // Measured as the daily part was, so that rare large days stay as large as they were.
    var spread = RobustSquare()
    for day in days { spread.add(noises[day] - mean) }
    let variance = spread.square
    let scale = variance > 1e-12 ? (level.uncertainty.daily / variance).squareRoot() : 0
    func pool(_ members: [Int]) -> Pool {
      let sorted = members.sorted { (noises[$0], $0) < (noises[$1], $1) }
      return Pool(
        noises: sorted.map { min(scale, 3) * (noises[$0] - mean) },
        days: sorted.compactMap { days.firstIndex(of: $0).map(Int32.init) })
    }
    let whole = pool(days)
    pools = [false, true].map { isWeekend in
      let members = days.filter {
        DayProfile.isWeekend(history.days[$0].weekday) == isWeekend
      }
      return members.count >= Self.enoughDays ? pool(members) : whole
    }
    ratios = (0..<24).map { hour in days.map { Float(profile.ratios[$0]?[hour] ?? 1) } }
    persistence = Self.persistence(noises, mean: mean)
  }

  /// Each day against the mean of the three days before and after it.
  private static func noises(_ values: [Double]) -> [Double] {
    values.indices.map { day in
      guard !values[day].isNaN else { return .nan }
      let low = max(0, day - 3)
      let high = min(values.count - 1, day + 3)
      let around = (low...high).filter { $0 != day && !values[$0].isNaN }.map { values[$0] }
      guard !around.isEmpty else { return .nan }
      return values[day] - around.reduce(0, +) / Double(around.count)
    }
  }

  private static func persistence(_ noises: [Double], mean: Double) -> Double {
    var (product, square) = (0.0, 0.0)
    for (now, next) in zip(noises, noises.dropFirst()) where !(now + next).isNaN {
      product += (now - mean) * (next - mean)
      square += 0.5 * ((now - mean) * (now - mean) + (next - mean) * (next - mean))
    }
    // The mean around each day hides part of the correlation, about a sixth of the variance.
    return square > 0 ? min(max(product / square + 1.0 / 6, 0), 0.9) : 0
  }
}
