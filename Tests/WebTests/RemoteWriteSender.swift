/// Writes remote-write requests as a sender does.
struct RemoteWriteSender {
  struct Series {
    var labels: [(String, String)]
    /// Milliseconds and values.
    var samples: [(Int64, Double)]

    init(_ name: String, _ labels: KeyValuePairs<String, String>, _ samples: [(Int64, Double)]) {
      self.labels = [("__name__", name)] + labels.map { ($0, $1) }
      self.samples = samples
    }
  }

  static func message(_ series: [Series]) -> [UInt8] {
    series.flatMap { series -> [UInt8] in
      var bytes: [UInt8] = []
      for (name, value) in series.labels {
        bytes += field(1, field(1, Array(name.utf8)) + field(2, Array(value.utf8)))
      }
      for (milliseconds, value) in series.samples {
        let bits = (0..<8).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * UInt64($0))) }
        bytes += field(2, [0x09] + bits + [0x10] + varint(UInt64(bitPattern: milliseconds)))
      }
      return field(1, bytes)
    }
  }

  static func field(_ number: UInt64, _ bytes: [UInt8]) -> [UInt8] {
    varint(number << 3 | 2) + varint(UInt64(bytes.count)) + bytes
  }

  static func varint(_ number: UInt64) -> [UInt8] {
    var bytes: [UInt8] = []
    var rest = number
    while rest >= 0x80 {
      bytes.append(UInt8(rest & 0x7F) | 0x80)
      rest >>= 7
    }
    return bytes + [UInt8(rest)]
  }

  /// A Snappy block of literals only.
  static func literals(_ bytes: [UInt8]) -> [UInt8] {
    var block = varint(UInt64(bytes.count))
    var start = 0
    while start < bytes.count {
      let end = min(start + 60, bytes.count)
      block.append(UInt8((end - start - 1) << 2))
      block += bytes[start..<end]
      start = end
    }
    return block
  }
}
