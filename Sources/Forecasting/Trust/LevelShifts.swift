import RealModule

/// Steps at which a history moves to another level and stays there.
///
/// Differences over the longest season are compared by their medians over half of it (two days,
/// where a day is all there is) on either side, so that neither a holiday nor an outage is one. The
/// new level must then differ from that of up to three seasons before, so that the end of a holiday of
/// more than a season is none either. Where the history goes on for two seasons more, the second of
/// them must still be at the new level.
enum LevelShifts {
  /// The smallest change told, as a logarithm: by half.
  static let smallest = Double.log(1.5)
  /// How many times the usual change between neighbouring windows it must be.
  static let beyondUsual = 4.0
  /// Seasons that tell the level from before.
  static let seasonsBefore = 3

  /// - Parameters:
  ///   - values: Logarithms, NaN where unknown.
  ///   - day: The shortest season in steps.
  ///   - longest: The longest one, at least `day`.
  /// - Returns: The first step of each new level, ascending.
  static func steps(in values: [Double], day: Int, longest: Int) -> [Int] {
    let length = longest > day ? longest / 2 : 2 * day
    guard length > 0, values.count >= longest + 2 * length else { return [] }
    let changes = values.indices.map { $0 < longest ? .nan : values[$0] - values[$0 - longest] }
    let places = Array(
      stride(
        from: longest + length, through: values.count - length, by: max(1, length / 16)))
    let jumps = places.map {
      median(changes[$0..<($0 + length)]) - median(changes[($0 - length)..<$0])
    }
    let sizes = jumps.map(\.magnitude).filter(\.isFinite).sorted()
    guard !sizes.isEmpty else { return [] }
    let least = max(smallest, beyondUsual * Order.median(sorted: sizes))
    var found: [Int] = []
    var index = 0
    while index < places.count {
      guard jumps[index].magnitude >= least else {
        index += 1
        continue
      }
      // The largest jump nearby is the shift; a season later it shows again, the other way round.
      var largest = index
      var next = index
      while next < places.count, places[next] < places[index] + 2 * length {
        if jumps[next].magnitude > jumps[largest].magnitude { largest = next }
        next += 1
      }
      if stays(values, at: places[largest], jump: jumps[largest], season: longest) {
        found.append(first(in: changes, near: places[largest], length: length))
      }
      let quiet = places[largest] + longest + 2 * length
      index = places.firstIndex { $0 >= quiet } ?? places.count
    }
    return found
  }

  /// Whether the second season after a place, or the last of the history where that is earlier, is
  /// nearer to the new level than to that of before.
  private static func stays(
    _ values: [Double], at place: Int, jump: Double, season: Int
  ) -> Bool {
    let end = min(place + 2 * season, values.count)
    let moves = (max(place, end - season)..<end).map { step in
      values[step] - usual(values, at: step, before: place, season: season)
    }
    let moved = median(moves[...])
    return !moved.isFinite || moved * jump >= 0.5 * jump * jump
  }

  /// The median at a step's place in the seasons before; NaN where nothing is known.
  private static func usual(
    _ values: [Double], at step: Int, before place: Int, season: Int
  ) -> Double {
    let last = step - season * ((step - place) / season + 1)
    let known = (0..<seasonsBefore).map { last - $0 * season }
      .filter { $0 >= 0 && values[$0].isFinite }.map { values[$0] }.sorted()
    return known.isEmpty ? .nan : Order.median(sorted: known)
  }

  /// The step that parts the values before and after best, by absolute distances from their medians.
  private static func first(in changes: [Double], near place: Int, length: Int) -> Int {
    let range = (place - length)..<(place + length)
    let before = median(changes[range.lowerBound..<place])
    let after = median(changes[place..<range.upperBound])
    var best = place
    var least = Double.infinity
    var distance = 0.0
    for step in range {
      if distance < least {
        least = distance
        best = step
      }
      let value = changes[step]
      if value.isFinite { distance += (value - before).magnitude - (value - after).magnitude }
    }
    return best
  }

  private static func median(_ values: ArraySlice<Double>) -> Double {
    var known = values.filter(\.isFinite)
    return 2 * known.count >= values.count ? Order.median(reordering: &known) : .nan
  }
}
