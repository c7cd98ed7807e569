import Domain

/// A service's past as whole hours of its local days.
struct HourlyHistory: Sendable {
  /// One local day: the mean rate of each hour as the local clock counts them; NaN is unknown.
  struct Day: Sendable {
    /// Days since 1970-01-01 of the local calendar.
    var number: Int64
    var hours: [Double]

    var knownHours: Int { hours.reduce(0) { $1.isNaN ? $0 : $0 + 1 } }
    var weekday: Int { CivilDay.weekday(of: number) }
  }

  /// Without gaps from the first to the last day with a known hour.
  let days: [Day]
  let knownHours: Int
  /// The known span.
  let from: Timestamp
  let to: Timestamp

  /// The most days that are read; older ones say little about the coming months.
  static let longest = 400

  init(_ series: TimeSeries, zone: UTCOffsets) {
    var sums: [Int64: (sums: [Double], counts: [Int])] = [:]
    let latest = series.end.seconds
    let perHour = max(1, Int(3600 / max(1, series.step.wholeSeconds)))
    var (first, last): (Timestamp?, Timestamp?)
    for index in series.values.indices {
      guard let value = series[index], value >= 0, value.isFinite else { continue }
      let time = series.time(at: index)
      guard time.seconds > latest - Int64(Self.longest) * 86_400 else { continue }
      let local = zone.localSeconds(at: time + series.step / 2)
      let day = CivilDay.divide(local, 86_400)
      let hour = Int(CivilDay.modulo(local, 86_400) / 3600)
      var entry =
        sums[day] ?? ([Double](repeating: 0, count: 24), [Int](repeating: 0, count: 24))
      entry.sums[hour] += value
      entry.counts[hour] += 1
      sums[day] = entry
      if first == nil { first = time }
      last = time + series.step
    }
    from = first ?? series.start
    to = last ?? series.start
    var days: [Day] = []
    var known = 0
    if let begin = sums.keys.min(), let end = sums.keys.max() {
      for number in begin...end {
        var day = Day(number: number, hours: [Double](repeating: .nan, count: 24))
        if let entry = sums[number] {
          for hour in 0..<24 where entry.counts[hour] * 2 >= perHour {
            day.hours[hour] = entry.sums[hour] / Double(entry.counts[hour])
            known += 1
          }
        }
        days.append(day)
      }
    }
    self.days = days
    knownHours = known
  }
}
