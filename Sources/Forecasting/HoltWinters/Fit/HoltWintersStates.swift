/// The states that a model starts from, before its first step; transformed.
struct HoltWintersStates: Equatable {
  var level: Double
  var trend: Double
  var seasonal: [Double]
  var innovationBound: Double
}

extension HoltWintersStates {
  /// States from a profile of the first weeks: level and slope from the means of whole longest
  /// seasons, then each season's mean deviation, the shortest first. Values far from their
  /// position's median count only up to a bound, so that one bad day does not enter the profile.
  ///
  /// - Parameters:
  ///   - values: Transformed; NaN is unknown. At least one must be known.
  ///   - stateIndices: Per season, the index of each step's state among all seasonal states.
  static func profile(
    of values: [Double], seasons: Seasons, stateIndices: [[Int32]]
  ) -> HoltWintersStates {
    let longest = seasons.longest
    let window = longest == 0 ? min(values.count, 24) : min(8, values.count / longest) * longest
    let span = window == 0 ? values.count : window
    var rest = Array(values.prefix(span))
    var total = 0.0
    var known = 0.0
    for value in rest where !value.isNaN {
      total += value
      known += 1
    }
    let level = known > 0 ? total / known : (values.first { !$0.isNaN } ?? 0)
    let slope = slope(of: rest, period: longest)
    for step in rest.indices { rest[step] -= level + slope * (Double(step) - Double(span) / 2) }

    var seasonal = Array(repeating: 0.0, count: seasons.totalLength)
    let order = seasons.lengths.indices.sorted {
      (seasons.lengths[$0], $0) < (seasons.lengths[$1], $1)
    }
    let firsts = seasons.lengths.indices.map { seasons.lengths[..<$0].reduce(0, +) }
    for season in order {
      stateIndices[season].withUnsafeBufferPointer { indices in
        rest.withUnsafeMutableBufferPointer { rest in
          seasonal.withUnsafeMutableBufferPointer { seasonal in
            let (first, length) = (firsts[season], seasons.lengths[season])
            if known == Double(span),
              let even = EvenSeason(indices, steps: span, first: first, length: length)
            {
              even.takeRobustMeans(
                of: rest,
                to: UnsafeMutableBufferPointer(rebasing: seasonal[first..<(first + length)]),
                sampled: (sampled, sampledDeviations))
              return
            }
            addRobustMeans(of: UnsafeBufferPointer(rest), at: indices, to: seasonal)
            for step in 0..<rest.count { rest[step] -= seasonal[Int(indices[step])] }
          }
        }
      }
    }
    var size = 0.0
    var count = 0.0
    for value in rest where !value.isNaN {
      size += value.magnitude
      count += 1
    }
    return HoltWintersStates(
      level: level - slope * Double(span) / 2, trend: slope, seasonal: seasonal,
      innovationBound: count > 0 ? HoltWinters.clipMultiple * size / count : 0)
  }

  /// Change per step between the means of the first and the last whole period; 0 with fewer than two.
  private static func slope(of values: [Double], period: Int) -> Double {
    guard period > 0, values.count >= 2 * period else { return 0 }
    func mean(_ part: ArraySlice<Double>) -> Double? {
      let known = part.filter { !$0.isNaN }
      return known.count * 2 > period ? known.reduce(0, +) / Double(known.count) : nil
    }
    let periods = values.count / period
    let last = values[((periods - 1) * period)..<(periods * period)]
    guard let before = mean(values[0..<period]), let after = mean(last) else { return 0 }
    return (after - before) / Double((periods - 1) * period)
  }

  /// Mean of the values at each state, those beyond four median deviations from the state's median
  /// counted as at that bound.
  static func addRobustMeans(
    of values: UnsafeBufferPointer<Double>, at indices: UnsafeBufferPointer<Int32>,
    to seasonal: UnsafeMutableBufferPointer<Double>
  ) {
    let count = seasonal.count
    // One row for all states: state i has starts[i] ..< starts[i + 1].
    withUnsafeTemporaryAllocation(of: Int.self, capacity: 2 * (count + 1)) { places in
      places.initialize(repeating: 0)
      let starts = UnsafeMutableBufferPointer(rebasing: places[..<(count + 1)])
      let next = UnsafeMutableBufferPointer(rebasing: places[(count + 1)...])
      for step in 0..<values.count where !values[step].isNaN {
        starts[Int(indices[step]) + 1] += 1
      }
      for state in 0..<count {
        next[state] = starts[state]
        starts[state + 1] += starts[state]
      }
      withUnsafeTemporaryAllocation(of: Double.self, capacity: max(1, starts[count])) { grouped in
        for step in 0..<values.count where !values[step].isNaN {
          let state = Int(indices[step])
          grouped[next[state]] = values[step]
          next[state] += 1
        }
        addRobustMeans(of: grouped, starts, to: seasonal)
      }
    }
  }

  private static func addRobustMeans(
    of grouped: UnsafeMutableBufferPointer<Double>, _ starts: UnsafeMutableBufferPointer<Int>,
    to seasonal: UnsafeMutableBufferPointer<Double>
  ) {
    let count = seasonal.count
    // The middle of a few hundred deviations is as good as that of all.
    let every = max(1, starts[count] / sampledDeviations)
    var deviations: [Double] = []
    deviations.reserveCapacity(2 * sampledDeviations)
    withUnsafeTemporaryAllocation(of: Double.self, capacity: max(1, count)) { medians in
      for state in 0..<count where starts[state] < starts[state + 1] {
        let group = starts[state]..<starts[state + 1]
        let median = middle(of: grouped, group)
        medians[state] = median
        if group.count > 2 {
          var index = (group.lowerBound + every - 1) / every * every
          while index < group.upperBound {
            deviations.append((grouped[index] - median).magnitude)
            index += every
          }
        }
      }
      deviations.sort()
      let bound = deviations.isEmpty ? Double.infinity : 4 * Order.median(sorted: deviations)
      for state in 0..<count where starts[state] < starts[state + 1] {
        let low = medians[state] - bound
        let high = medians[state] + bound
        var sum = 0.0
        for index in starts[state]..<starts[state + 1] {
          sum += min(max(grouped[index], low), high)
        }
        seasonal[state] += sum / Double(starts[state + 1] - starts[state])
      }
    }
  }

  /// Values of a group that its median is taken of, at most, and deviations that theirs is: what they
  /// only bound needs no more.
  static let sampled = 5
  static let sampledDeviations = 300

  /// The median of up to `sampled` values, evenly spread over a group; put in order one by one, which
  /// is the fastest for so few.
  private static func middle(
    of values: UnsafeMutableBufferPointer<Double>, _ group: Range<Int>
  ) -> Double {
    let count = min(group.count, sampled)
    return withUnsafeTemporaryAllocation(of: Double.self, capacity: sampled) { sorted in
      for number in 0..<count {
        let value = values[group.lowerBound + number * group.count / count]
        var at = number
        while at > 0, sorted[at - 1] > value {
          sorted[at] = sorted[at - 1]
          at -= 1
        }
        sorted[at] = value
      }
      return count % 2 == 1
        ? sorted[count / 2] : 0.5 * (sorted[count / 2 - 1] + sorted[count / 2])
    }
  }
}
