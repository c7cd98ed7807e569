extension Seasons {
  /// Of the periods asked for, those that a history can teach: it must span each at least twice, and
  /// half of that must be known.
  ///
  /// - Parameters:
  ///   - lengths: Periods in steps; those that no model can hold are left out, as are repetitions.
  ///   - values: The history, oldest first; NaN is unknown.
  public static func supported(_ lengths: [Int], by values: [Double]) -> Seasons {
    let known = values.reduce(0) { $0 + ($1 >= 0 && $1.isFinite ? 1 : 0) }
    var kept: [Int] = []
    for length in lengths.sorted()
    where length >= 2 && values.count / 2 >= length && known >= length && kept.last != length {
      kept.append(length)
    }
    while kept.count > 0 {
      if let seasons = Seasons(kept) { return seasons }
      kept.removeLast()
    }
    return .none
  }
}
