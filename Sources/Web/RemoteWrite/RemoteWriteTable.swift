import Domain
import Foundation

/// The series that senders were heard of, found by the bytes of their labels.
struct RemoteWriteTable {
  struct Entry {
    /// All labels' bytes in a row.
    let key: [UInt8]
    let labels: RemoteWriteLabels
    let service: ServiceID
    let meaning: RemoteWriteMapping.Meaning
    /// Place in `feeds`.
    let feed: Int
    /// The client that it counts against, until its service turns out to be configured.
    var client: String?
    /// Of a counter, as far as stored.
    var base: CounterBase?
    /// Of a counter, as far as the request has come that is named here and not stored yet.
    var pending: (request: Int, base: CounterBase?)?
  }

  /// One service and metric, which one series feeds at a time.
  struct Feed {
    let service: ServiceID
    let metric: Sample.Metric
    /// Place in `entries`; nil before the first and after the end of a series.
    var owner: Int?
    /// The owner's newest sample.
    var milliseconds: Int64 = .min
  }

  var entries: [Entry] = []
  var feeds: [Feed] = []
  /// Counted up when all numbers lose their meaning.
  private(set) var epoch = 0
  private var requests = 0
  private var places: [Int: [Int]] = [:]
  private var feedPlaces: [ServiceID: [Sample.Metric: Int]] = [:]
  /// Series of services that are not configured, by client.
  private var strangers: [String: Int] = [:]

  /// Beyond this the table is emptied: counters then start anew.
  private static let mostEntries = 1_000_000
  private static let mostClients = 1024

  func find(_ labels: [Range<Int>], in bytes: UnsafeRawBufferPointer) -> Int? {
    places[Self.hash(labels, in: bytes)]?.first { isSeries($0, labels, in: bytes) }
  }

  /// Whether the labels are those of the entry at a place, which need not be there.
  func isSeries(_ place: Int, _ labels: [Range<Int>], in bytes: UnsafeRawBufferPointer) -> Bool {
    guard entries.indices.contains(place), let start = bytes.baseAddress else { return false }
    return entries[place].key.withUnsafeBytes { key in
      guard let known = key.baseAddress else { return false }
      var offset = 0
      for range in labels {
        guard key.count - offset >= range.count,
          memcmp(known + offset, start + range.lowerBound, range.count) == 0
        else { return false }
        offset += range.count
      }
      return offset == key.count
    }
  }

  mutating func add(
    _ labels: RemoteWriteLabels, of service: ServiceID, _ meaning: RemoteWriteMapping.Meaning,
    from client: String, _ ranges: [Range<Int>], in bytes: UnsafeRawBufferPointer
  ) -> Int {
    if entries.count >= Self.mostEntries || strangers.count > Self.mostClients { forget() }
    let metric = meaning.metric
    let feed: Int
    if let known = feedPlaces[service]?[metric] {
      feed = known
    } else {
      feed = feeds.count
      feeds.append(Feed(service: service, metric: metric))
      feedPlaces[service, default: [:]][metric] = feed
    }
    let place = entries.count
    entries.append(
      Entry(
        key: ranges.flatMap { bytes[$0] }, labels: labels, service: service, meaning: meaning,
        feed: feed, client: client))
    places[Self.hash(ranges, in: bytes), default: []].append(place)
    strangers[client, default: 0] += 1
    return place
  }

  /// How many series of services that are not configured a client has sent.
  func strangers(of client: String) -> Int { strangers[client] ?? 0 }

  /// The series' service is configured.
  mutating func acquaint(_ place: Int) {
    guard let client = entries[place].client else { return }
    entries[place].client = nil
    strangers[client, default: 1] -= 1
  }

  /// A number for a new request.
  mutating func nextRequest() -> Int {
    requests += 1
    return requests
  }

  private mutating func forget() {
    self = RemoteWriteTable(epoch: epoch + 1, requests: requests)
  }

  init(epoch: Int = 0, requests: Int = 0) {
    self.epoch = epoch
    self.requests = requests
  }

  private static func hash(_ labels: [Range<Int>], in bytes: UnsafeRawBufferPointer) -> Int {
    var hasher = Hasher()
    for range in labels {
      hasher.combine(bytes: UnsafeRawBufferPointer(rebasing: bytes[range]))
    }
    return hasher.finalize()
  }
}

extension RemoteWriteMapping.Meaning {
  var metric: Sample.Metric {
    switch self {
    case .rate, .requests: .rate
    case .queue: .queue
    case .ready: .ready
    }
  }
}
