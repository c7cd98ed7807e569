import Domain
import Synchronization

/// Turns remote-write requests into samples.
///
/// Path of a value: `read` finds its series in the table by the labels' bytes (new ones are judged by
/// the mapping) → the series must be the one that feeds its service and metric → a counter's value
/// becomes the rate since the one before → the samples are stored by the caller → `settle` moves the
/// counters on, so that a request that failed can be sent again and gives the same samples.
final class RemoteWriteReceiver: Sendable {
  private let mapping: RemoteWriteMapping
  private let names: [(bytes: [UInt8], meaning: RemoteWriteMapping.Meaning)]
  /// Series of services that are not configured that one client may name.
  private let strangerLimit: Int
  private let table = Mutex(RemoteWriteTable())

  /// Without a sample for so long a series has ended: Prometheus' look-back.
  static let patience: Int64 = 300_000
  /// 1970 to 9999 in milliseconds.
  private static let times: ClosedRange<Int64> = 1000...253_402_300_799_999

  init(_ mapping: RemoteWriteMapping, strangerLimit: Int = 10_000) {
    self.mapping = mapping
    self.strangerLimit = strangerLimit
    names = mapping.metrics.map { (Array($0.key.utf8), $0.value) }
  }

  /// - Throws: where the bytes are no `WriteRequest`; then nothing has changed.
  func read(
    _ bytes: UnsafeRawBufferPointer, from client: String, now: Timestamp
  ) throws(RemoteWriteDefect) -> RemoteWriteBatch {
    try table.withLock { table throws(RemoteWriteDefect) -> RemoteWriteBatch in
      var batch = RemoteWriteBatch()
      batch.request = table.nextRequest()
      let newest = (now.seconds + 60) * 1000
      var guess = 0
      try RemoteWriteMessage.forEachSeries(in: bytes) { series throws(RemoteWriteDefect) in
        guard !series.samples.isEmpty else { return }
        let found =
          table.isSeries(guess, series.labels, in: bytes)
          ? guess : try place(of: series, in: bytes, from: client, &table, &batch)
        guard let place = found else { return }
        // Senders repeat their series in one order, which is that of the table.
        guess = place + 1
        for sample in series.samples {
          take(sample, of: place, until: newest, &table, &batch)
        }
      }
      batch.epoch = table.epoch
      return batch
    }
  }

  /// The samples are stored, but for those refused: counters go on from where they are now.
  func settle(_ batch: inout RemoteWriteBatch, _ refusals: [SampleRefusal?]) {
    table.withLock { table in
      guard batch.epoch == table.epoch else { return }
      for (series, base) in batch.bases {
        if let known = table.entries[series].base, let base,
          known.milliseconds > base.milliseconds
        {
          continue
        }
        table.entries[series].base = base
      }
      for (place, refusal) in zip(batch.origins, refusals) {
        guard refusal != .unknownService else {
          batch.notes.pass(.unknownService)
          continue
        }
        table.acquaint(place)
        guard let refusal else { continue }
        batch.notes.refuse(refusal.rawValue) {
          "\(table.entries[place].labels.description): \(refusal.rawValue)"
        }
      }
    }
  }

  /// What the mapping says about the metric's name; nil if it is not listed.
  private func meaning(
    of series: RemoteWriteMessage.Series, in bytes: UnsafeRawBufferPointer
  ) throws(RemoteWriteDefect) -> RemoteWriteMapping.Meaning? {
    for range in series.labels {
      let label = try RemoteWriteMessage.label(range, in: bytes)
      guard bytes[label.name].elementsEqual("__name__".utf8) else { continue }
      return names.first { bytes[label.value].elementsEqual($0.bytes) }?.meaning
    }
    throw RemoteWriteDefect("a series has no __name__", at: series.labels.first?.lowerBound ?? 0)
  }

  /// The series' place in the table; nil if it is not taken.
  private func place(
    of series: RemoteWriteMessage.Series, in bytes: UnsafeRawBufferPointer, from client: String,
    _ table: inout RemoteWriteTable, _ batch: inout RemoteWriteBatch
  ) throws(RemoteWriteDefect) -> Int? {
    guard let meaning = try meaning(of: series, in: bytes) else {
      batch.notes.pass(.unmapped, count: series.samples.count)
      return nil
    }
    if let known = table.find(series.labels, in: bytes) { return known }
    let labels = try RemoteWriteLabels(series.labels, in: bytes)
    let count = series.samples.count
    guard let name = labels[mapping.serviceLabel] else {
      batch.notes.refuse(.noService, count: count) {
        "\(labels.description) has no label \(mapping.serviceLabel)"
      }
      return nil
    }
    guard let service = ServiceID(name) else {
      batch.notes.refuse(.badService, count: count) {
        "\(labels.description): not a service's name (1 to 200 of A-Z a-z 0-9 . _ : / -)"
      }
      return nil
    }
    guard table.strangers(of: client) < strangerLimit else {
      batch.notes.tooManySeries(count: count)
      return nil
    }
    return table.add(labels, of: service, meaning, from: client, series.labels, in: bytes)
  }

  private func take(
    _ sample: RemoteWriteMessage.Measured, of place: Int, until newest: Int64,
    _ table: inout RemoteWriteTable, _ batch: inout RemoteWriteBatch
  ) {
    let feed = table.entries[place].feed
    if sample.value.bitPattern == Self.staleMarker {
      batch.notes.pass(.stale)
      if table.entries[place].meaning == .requests { move(place, to: nil, &table, &batch) }
      if table.feeds[feed].owner == place { table.feeds[feed].owner = nil }
      return
    }
    if let defect = Self.defect(of: sample, until: newest) {
      batch.notes.refuse(defect) {
        "\(table.entries[place].labels.description) of \(sample.milliseconds): \(defect.rawValue)"
      }
      return
    }
    guard claims(place, sample, &table, &batch) else { return }
    let seconds = sample.milliseconds / 1000
    guard table.entries[place].meaning == .requests else {
      batch.samples.append(
        Sample(
          service: table.entries[place].service, metric: table.feeds[feed].metric,
          time: Timestamp(seconds: seconds), value: sample.value))
      batch.origins.append(place)
      return
    }
    count(sample, of: place, &table, &batch)
  }

  /// Prometheus' mark for a series that ended.
  static let staleMarker: UInt64 = 0x7FF0_0000_0000_0002

  private static func defect(
    of sample: RemoteWriteMessage.Measured, until newest: Int64
  ) -> RemoteWriteNotes.Refused? {
    if !sample.value.isFinite { return .notFinite }
    if sample.value < 0 { return .negative }
    if !times.contains(sample.milliseconds) { return .outOfRange }
    return sample.milliseconds > newest ? .inTheFuture : nil
  }

  /// Whether the series is the one that feeds its service and metric. The first one that is heard
  /// does, until it ends or is silent for `patience`.
  private func claims(
    _ place: Int, _ sample: RemoteWriteMessage.Measured, _ table: inout RemoteWriteTable,
    _ batch: inout RemoteWriteBatch
  ) -> Bool {
    let feed = table.entries[place].feed
    if let owner = table.feeds[feed].owner, owner != place {
      guard sample.milliseconds - table.feeds[feed].milliseconds > Self.patience else {
        let differing = table.entries[place].labels.differences(from: table.entries[owner].labels)
        if differing == [mapping.replicaLabel] {
          batch.notes.pass(.replica)
          return false
        }
        batch.notes.refuse(.ambiguous) {
          "\(table.entries[place].labels.description) and \(table.entries[owner].labels.description) "
            + "are both the \(table.feeds[feed].metric) of \(table.feeds[feed].service) and differ in "
            + "\(differing.joined(separator: ", ")); record their sum by (\(mapping.serviceLabel)) "
            + "and send that"
        }
        return false
      }
      table.entries[owner].base = nil
    }
    table.feeds[feed].owner = place
    table.feeds[feed].milliseconds = max(table.feeds[feed].milliseconds, sample.milliseconds)
    return true
  }

  /// Adds the rate since the counter's last value, which stands for the time between the two.
  private func count(
    _ sample: RemoteWriteMessage.Measured, of place: Int, _ table: inout RemoteWriteTable,
    _ batch: inout RemoteWriteBatch
  ) {
    let next = CounterBase(milliseconds: sample.milliseconds, value: sample.value)
    var known = table.entries[place].base
    if let pending = table.entries[place].pending, pending.request == batch.request {
      known = pending.base
    }
    guard let base = known else { return move(place, to: next, &table, &batch) }
    let elapsed = next.milliseconds - base.milliseconds
    guard elapsed > 0 else {
      guard elapsed == 0, next.value != base.value else { return batch.notes.pass(.outOfOrder) }
      batch.notes.refuse(.conflict) {
        "\(table.entries[place].labels.description) of \(sample.milliseconds): "
          + "\(base.value) and \(sample.value)"
      }
      return
    }
    // Within one second there is one sample; a long silence is a gap, not a rate.
    guard next.milliseconds / 1000 > base.milliseconds / 1000 else { return }
    move(place, to: next, &table, &batch)
    guard elapsed <= Self.patience else { return }
    // A counter that went down started anew from zero.
    let increase = next.value >= base.value ? next.value - base.value : next.value
    batch.samples.append(
      Sample(
        service: table.entries[place].service, metric: .rate,
        time: Timestamp(seconds: base.milliseconds / 1000),
        value: increase / (Double(elapsed) / 1000)))
    batch.origins.append(place)
  }

  private func move(
    _ place: Int, to base: CounterBase?, _ table: inout RemoteWriteTable,
    _ batch: inout RemoteWriteBatch
  ) {
    table.entries[place].pending = (batch.request, base)
    batch.bases.append((place, base))
  }
}
