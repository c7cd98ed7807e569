import RealModule

/// The logarithm of daily demand: what each weekday adds, where the level stands, and where it is
/// expected to go.
struct DailyLevel: Sendable {
  /// Added to a rate before its logarithm, requests per second; > 0.
  let offset: Double
  /// Per weekday, Monday first; they add up to 0.
  let weekdays: [Double]
  /// Logarithms of the days' means without the weekday's part; NaN where unknown.
  let adjusted: [Double]
  /// Expected logarithm of the days after the last one, up to `reach`; the last stays from then on.
  let expected: [Double]
  let uncertainty: LevelUncertainty

  /// Days ahead for which a trend is followed.
  static let reach = 28

  init(_ history: HourlyHistory, profile: DayProfile) {
    let means = history.days.map { Self.mean(of: $0, profile: profile) }
    let known = means.filter { !$0.isNaN }.sorted()
    let middle = known.isEmpty ? 1 : known[known.count / 2]
    let typical = middle > 0 ? middle : max(known.last ?? 1, 1e-9)
    offset = 0.02 * typical
    let logarithms = means.map { $0.isNaN ? Double.nan : Double.log($0 + 0.02 * typical) }
    weekdays = WeekdayEffects.effects(
      logarithms, weekdays: history.days.map(\.weekday))
    let effects = weekdays
    adjusted = zip(logarithms, history.days).map { $0 - effects[$1.weekday] }
    let race = LevelRace(adjusted)
    expected = race.forecast(after: adjusted.count, days: Self.reach)
    uncertainty = LevelUncertainty(adjusted, race: race)
  }

  /// The mean rate of a day of which enough is known, the unknown hours filled by the profile.
  private static func mean(of day: HourlyHistory.Day, profile: DayProfile) -> Double {
    guard day.knownHours >= 12 else { return .nan }
    let shares = profile.shares[day.weekday]
    var (sum, share) = (0.0, 0.0)
    for hour in 0..<24 where !day.hours[hour].isNaN {
      sum += day.hours[hour]
      share += shares[hour]
    }
    return share > 1 ? sum / share : .nan
  }
}

/// What the days of the week add to the logarithm of demand.
enum WeekdayEffects {
  /// - Parameter logarithms: Per day; NaN is unknown.
  /// - Returns: Seven values that add up to 0; all 0 with less than two weeks. Drawn toward 0 as far
  ///   as their differences could be chance (James and Stein 1961).
  static func effects(_ logarithms: [Double], weekdays: [Int]) -> [Double] {
    let none = [Double](repeating: 0, count: 7)
    guard logarithms.count >= 14 else { return none }
    var differences = [[(value: Double, weight: Double)]](repeating: [], count: 7)
    var all: [Double] = []
    for day in logarithms.indices where !logarithms[day].isNaN {
      // A whole week around the day, moved inward at the ends.
      let low = min(max(0, day - 3), logarithms.count - 7)
      let week = logarithms[low..<(low + 7)].filter { !$0.isNaN }
      guard week.count == 7 else { continue }
      let difference = logarithms[day] - week.reduce(0, +) / 7
      let age = Double(logarithms.count - 1 - day)
      differences[weekdays[day]].append((difference, Double.exp2(-age / 56)))
      all.append(difference.magnitude)
    }
    guard differences.allSatisfy({ !$0.isEmpty }) else { return none }
    let means = differences.map { entries in
      entries.reduce(0) { $0 + $1.value * $1.weight } / entries.reduce(0) { $0 + $1.weight }
    }
    // Outliers, such as holidays, count no more than three usual deviations.
    let deviations = zip(differences, means).flatMap { entries, mean in
      entries.map { ($0.value - mean).magnitude }
    }.sorted()
    let bound = 4.5 * deviations[deviations.count / 2] + 1e-6
    var effects = none
    var noise = 0.0
    for (weekday, entries) in differences.enumerated() {
      let middle = median(entries.map(\.value))
      let clipped = entries.map {
        (value: min(max($0.value, middle - bound), middle + bound), weight: $0.weight)
      }
      let weight = clipped.reduce(0) { $0 + $1.weight }
      let mean = clipped.reduce(0) { $0 + $1.value * $1.weight } / weight
      effects[weekday] = mean
      let square = clipped.reduce(0) {
        $0 + $1.weight * ($1.value - mean) * ($1.value - mean)
      }
      let count = Double(entries.count)
      noise += count > 1 ? square / weight / (count - 1) / 7 : bound * bound / 7
    }
    let level = effects.reduce(0, +) / 7
    let between = effects.reduce(0) { $0 + ($1 - level) * ($1 - level) } / 7
    let kept = between > 0 ? max(0, 1 - noise / between) : 0
    return effects.map { kept * ($0 - level) }
  }

  private static func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    let half = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[half] : 0.5 * (sorted[half - 1] + sorted[half])
  }
}
