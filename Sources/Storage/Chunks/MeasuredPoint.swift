/// A point as reading and condensing see it.
struct MeasuredPoint {
  var time: Int64
  var mean: Double
  var largest: Double
  /// Seconds that it covers, up to the next point.
  var reach: Int64
  /// Seconds of these that were measured.
  var measured: Int64
}

/// Where a point stands in an array of sections.
private struct PlaceInSections {
  var time: Int64
  var section: Int
  var index: Int
}

extension Array where Element == Section {
  /// The first instant; `.max` if there is none.
  var firstTime: Int64 { reduce(.max) { Swift.min($0, $1.times.first ?? .max) } }

  /// Every point of all sections by ascending time, each reaching to the next one, the last one at
  /// most to `limit`. Of points at the same instant the one in the first section counts.
  func forEachPoint(until limit: Int64, _ body: (MeasuredPoint) -> Void) {
    if count == 1 {
      self[0].forEachPoint(until: limit, body)
      return
    }
    var places: [PlaceInSections] = []
    places.reserveCapacity(reduce(0) { $0 + $1.times.count })
    for (number, section) in enumerated() {
      for index in section.times.indices {
        places.append(PlaceInSections(time: section.times[index], section: number, index: index))
      }
    }
    places.sort { ($0.time, $0.section) < ($1.time, $1.section) }
    var position = 0
    while position < places.count {
      let place = places[position]
      position += 1
      while position < places.count && places[position].time == place.time { position += 1 }
      let next = position < places.count ? Swift.min(places[position].time, limit) : limit
      let section = self[place.section]
      let reach = Swift.min(section.width, next &- place.time)
      guard reach > 0 else { continue }
      body(
        MeasuredPoint(
          time: place.time, mean: section.mean(at: place.index),
          largest: section.largest(at: place.index), reach: reach,
          measured: section.measured(at: place.index, within: reach)))
    }
  }
}

extension Section {
  fileprivate func forEachPoint(until limit: Int64, _ body: (MeasuredPoint) -> Void) {
    for index in times.indices {
      let reach = reach(at: index, until: limit)
      guard reach > 0 else { continue }
      body(
        MeasuredPoint(
          time: times[index], mean: mean(at: index), largest: largest(at: index), reach: reach,
          measured: measured(at: index, within: reach)))
    }
  }
}
