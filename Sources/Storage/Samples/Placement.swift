import Domain
import GRDB

/// Places the samples of one transaction in the head, and collects what has to become durable.
struct Placement {
  var batch = Batch()
  /// Seconds between the samples of the series that was placed last.
  private(set) var unit: Int64 = 1
  var created: [SeriesState] = []
  private var sealed = SealedPoints()

  /// Seconds by which a sample may come later than its series' newest one; what is older is imported,
  /// not pushed.
  static let lateness: Int64 = 3600

  /// - Parameter capacity: how many samples will come.
  init(capacity: Int) { batch.reserveCapacity(capacity) }

  /// One verdict per sample, nil for taken or already known.
  mutating func place(
    _ samples: [Sample], now: Timestamp, in head: inout Head, _ db: Database
  ) throws -> [SampleRefusal?] {
    var verdicts = [SampleRefusal?](repeating: nil, count: samples.count)
    let newestAllowed = min(now + .seconds(60), .latest)
    var previous = -1
    var index = 0
    while true {
      index = head.extendRun(
        samples, from: index, until: newestAllowed, following: &previous, into: &batch)
      guard index < samples.count else {
        if previous >= 0 { unit = head.series[previous].width }
        return verdicts
      }
      verdicts[index] = try placeOne(
        samples[index], now: now, following: &previous, in: &head, db)
      index += 1
    }
  }

  /// Whatever `Head.extendRun` leaves: a new series, a late or repeated sample, a refusal.
  private mutating func placeOne(
    _ sample: Sample, now: Timestamp, following previous: inout Int, in head: inout Head,
    _ db: Database
  ) throws -> SampleRefusal? {
    if let refusal = sample.refusal(now: now) { return refusal }
    let position = head.position(following: previous, for: sample) ?? create(sample, in: &head)
    previous = position
    let point = Point(time: sample.time.seconds, value: sample.value)
    if point.time > head.series[position].newest {
      head.series[position].extend(point)
    } else {
      let earliest = head.series[position].newest &- Self.lateness
      switch try verdict(on: point, head.series[position], db) {
      case .new where point.time < earliest: return .tooOld
      case .new: _ = head.series[position].insert(point)
      case .known: return nil
      case .conflict: return .conflict
      }
    }
    head.pointCount += 1
    batch.append(series: head.series[position].id, point)
    return nil
  }

  private mutating func create(_ sample: Sample, in head: inout Head) -> Int {
    let state = SeriesState(
      id: head.nextID, service: sample.service, metric: sample.metric)
    head.nextID += 1
    created.append(state)
    return head.add(state)
  }

  private mutating func verdict(on point: Point, _ state: SeriesState, _ db: Database)
    throws -> SealedPoints.Verdict
  {
    let (index, found) = state.search(point.time)
    if found {
      return ValueColumn.isSame(state.points[index].value, point.value) ? .known : .conflict
    }
    guard state.hasChunks, point.time >= state.oldest else { return .new }
    return try sealed.verdict(on: point, state, db)
  }
}

/// What the chunks already say about an instant; decoded chunks are kept for the next sample.
struct SealedPoints {
  enum Verdict { case new, known, conflict }

  private var chunks: [ChunkKey: [Section]] = [:]
  private static let mostChunks = 256

  mutating func verdict(on point: Point, _ state: SeriesState, _ db: Database) throws -> Verdict {
    for tier in Tier.allCases {
      let key = ChunkKey(tier: tier, window: tier.window(of: point.time), series: state.id)
      for section in try sections(key, db) {
        if section.aggregate == nil {
          // An imported hour and a live quarter of a minute may start together and differ.
          guard tier == .raw || section.width == state.width else { continue }
          guard let index = section.index(of: point.time) else { continue }
          return ValueColumn.isSame(section.values[index], point.value) ? .known : .conflict
        }
        // The sample's time has been condensed: what it said is part of the mean.
        let next = section.times.lowerBound(of: point.time + 1)
        if next > 0, point.time < section.times[next - 1] + section.width { return .known }
      }
    }
    return .new
  }

  private mutating func sections(_ key: ChunkKey, _ db: Database) throws -> [Section] {
    if let known = chunks[key] { return known }
    let sections = try ChunkTable.fetch(key, db) ?? []
    if chunks.count >= Self.mostChunks { chunks = [:] }
    chunks[key] = sections
    return sections
  }
}
