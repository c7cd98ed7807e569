import Domain

/// The samples that are acknowledged and not yet in chunks, by series, and what is known about
/// each series. Lives in memory; `batches` holds the same samples on the disk.
struct Head: Sendable {
  var series: [SeriesState] = []
  /// Position in `series`, by service and metric.
  private var positions: [ServiceID: MetricPositions] = [:]
  /// Position in `series`, by the row's id.
  private var positionsByID: [Int64: Int] = [:]
  /// The id of the next new series.
  var nextID: Int64 = 1
  /// All points of `series`.
  var pointCount = 0

  struct MetricPositions: Sendable {
    var rate = -1
    var queue = -1
    var ready = -1

    subscript(metric: Sample.Metric) -> Int {
      get {
        switch metric {
        case .rate: rate
        case .queue: queue
        case .ready: ready
        }
      }
      set {
        switch metric {
        case .rate: rate = newValue
        case .queue: queue = newValue
        case .ready: ready = newValue
        }
      }
    }
  }

  var services: [ServiceID] { positions.keys.sorted() }

  mutating func add(_ state: SeriesState) -> Int {
    let position = series.count
    series.append(state)
    positions[state.service, default: MetricPositions()][state.metric] = position
    positionsByID[state.id] = position
    return position
  }

  func position(of service: ServiceID, _ metric: Sample.Metric) -> Int? {
    guard let position = positions[service]?[metric], position >= 0 else { return nil }
    return position
  }

  func position(ofID id: Int64) -> Int? { positionsByID[id] }

  /// The position of the sample's series. Remembers which series followed which, so that a batch
  /// in the order of the one before needs no hashing.
  mutating func position(following previous: Int, for sample: Sample) -> Int? {
    if previous >= 0 {
      let guess = series[previous].successor
      if guess >= 0, series[guess].metric == sample.metric,
        series[guess].service == sample.service
      {
        return guess
      }
    }
    guard let found = position(of: sample.service, sample.metric) else { return nil }
    if previous >= 0 { series[previous].successor = found }
    return found
  }
}

extension Head {
  /// Takes samples from `index` on as long as each is valid, newer than its series and follows the
  /// series that it followed last time: nearly every sample of a steady feed. No hashing, no
  /// reference counting, no look at the disk.
  ///
  /// - Returns: the index of the first sample that was not taken.
  mutating func extendRun(
    _ samples: [Sample], from start: Int, until newestAllowed: Timestamp,
    following previous: inout Int, into batch: inout Batch
  ) -> Int {
    var index = start
    var position = previous
    guard position >= 0 else { return start }
    series.withUnsafeMutableBufferPointer { series in
      samples.withUnsafeBufferPointer { samples in
        while index < samples.count {
          let next = series[position].successor
          guard next >= 0 else { return }
          let time = samples[index].time
          let value = samples[index].value
          guard value >= 0, value <= Sample.ceiling, time.seconds > series[next].newest,
            time.seconds > 0, time <= newestAllowed,
            series[next].metric == samples[index].metric,
            series[next].service == samples[index].service
          else { return }
          series[next].extend(Point(time: time.seconds, value: value))
          batch.series.append(series[next].id)
          position = next
          index += 1
        }
      }
    }
    batch.appendPoints(of: samples, start..<index)
    previous = position
    pointCount += index - start
    return index
  }
}

/// What is known about one series while the store is open.
struct SeriesState: Sendable {
  var id: Int64
  var service: ServiceID
  var metric: Sample.Metric
  /// Position of the series whose sample came after this one's in the last batch.
  var successor = -1
  /// The newest instant ever stored; `.min` before the first.
  var newest: Int64 = .min
  var newestValue = 0.0
  /// The spacing of most samples in seconds; 0 until two are known.
  var resolution: Int64 = 0
  /// How far the votes for `resolution` are ahead.
  private var votes = 0
  /// Unsealed points.
  var points = PointList()
  /// The oldest instant ever stored; `.max` before the first.
  var oldest: Int64 = .max
  /// The last window with a raw chunk; `.min` if there is none.
  var lastRawWindow: Int64 = .min
  /// Whether any chunk exists, in whatever tier.
  var hasChunks = false

  init(id: Int64, service: ServiceID, metric: Sample.Metric) {
    self.id = id
    self.service = service
    self.metric = metric
  }

  /// Spacings above a day are gaps, whatever they are.
  private static let longestSpacing: Int64 = 86_400
  /// A lead that any change of the spacing overturns within minutes.
  private static let mostVotes = 16

  /// What a sample is taken to cover.
  var width: Int64 { resolution > 0 ? resolution : 60 }

  /// Takes a point newer than every other. The resolution is the spacing with the most votes,
  /// found in one pass (Boyer and Moore 1991).
  mutating func extend(_ point: Point) {
    if newest != .min {
      let spacing = point.time &- newest
      if spacing == resolution {
        votes = min(votes + 1, Self.mostVotes)
      } else if spacing > 0 && spacing <= Self.longestSpacing {
        if votes <= 1 {
          resolution = spacing
          votes = 1
        } else {
          votes -= 1
        }
      }
    }
    points.append(point)
    if newest == .min { oldest = point.time }
    newest = point.time
    newestValue = point.value
  }

  /// The index of the point at `time`, or where it would stand.
  func search(_ time: Int64) -> (index: Int, found: Bool) {
    var low = 0
    var high = points.count
    while low < high {
      let middle = (low + high) / 2
      if points[middle].time < time { low = middle + 1 } else { high = middle }
    }
    return (low, low < points.count && points[low].time == time)
  }

  /// Takes a point that is not newer than every other; false if its instant is taken.
  mutating func insert(_ point: Point) -> Bool {
    if point.time > newest {
      extend(point)
      return true
    }
    if points.isEmpty || points[points.count - 1].time < point.time {
      points.append(point)
    } else {
      let (index, found) = search(point.time)
      if found { return false }
      points.insert(point, at: index)
    }
    oldest = min(oldest, point.time)
    return true
  }

  /// The points within `[from, to)`.
  func slice(from: Int64, to: Int64) -> [Point] {
    guard !points.isEmpty, points[0].time < to, points[points.count - 1].time >= from else {
      return []
    }
    return Array(points.array[search(from).index..<search(to).index])
  }
}
