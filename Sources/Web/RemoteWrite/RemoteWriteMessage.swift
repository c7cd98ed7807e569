/// Prometheus' `WriteRequest`, read series by series. Exemplars, native histograms and metadata are
/// passed over. Reference: Prometheus Remote-Write specification 1.0.
///
///     WriteRequest { 1: repeated TimeSeries }
///     TimeSeries   { 1: repeated Label { 1: name, 2: value }, 2: repeated Sample { 1: double value,
///                    2: int64 milliseconds } }
struct RemoteWriteMessage {
  /// One series of the message: where its labels are, and its samples.
  struct Series {
    /// The bytes of every label in turn, as they stand in the message.
    var labels: [Range<Int>] = []
    var samples: [Measured] = []
  }

  struct Measured: Equatable {
    /// Since 1970.
    var milliseconds: Int64
    var value: Double
  }

  /// More than this is an attack or a mistake.
  static let mostLabels = 128
  static let mostLabelBytes = 16 << 10

  /// Reads the whole message; `body` gets each series in turn. The same storage is used for all.
  static func forEachSeries(
    in bytes: UnsafeRawBufferPointer, _ body: (Series) throws(RemoteWriteDefect) -> Void
  ) throws(RemoteWriteDefect) {
    var reader = ProtobufReader(bytes, 0..<bytes.count)
    var series = Series()
    while !reader.isAtEnd {
      let (number, wire) = try reader.field()
      guard number == 1, wire == .bytes else {
        try reader.skip(wire)
        continue
      }
      try read(&series, from: ProtobufReader(bytes, reader.range()))
      try body(series)
    }
  }

  private static func read(
    _ series: inout Series, from reader: ProtobufReader
  ) throws(RemoteWriteDefect) {
    var reader = reader
    series.labels.removeAll(keepingCapacity: true)
    series.samples.removeAll(keepingCapacity: true)
    var labelBytes = 0
    while !reader.isAtEnd {
      let (number, wire) = try reader.field()
      switch (number, wire) {
      case (1, .bytes):
        let range = try reader.range()
        labelBytes += range.count
        guard series.labels.count < mostLabels, labelBytes <= mostLabelBytes else {
          throw RemoteWriteDefect(
            "a series of more than \(mostLabels) labels or \(mostLabelBytes) bytes of them",
            at: range.lowerBound)
        }
        series.labels.append(range)
      case (2, .bytes):
        series.samples.append(try sample(ProtobufReader(reader.bytes, reader.range())))
      default: try reader.skip(wire)
      }
    }
  }

  private static func sample(_ reader: ProtobufReader) throws(RemoteWriteDefect) -> Measured {
    var reader = reader
    var sample = Measured(milliseconds: 0, value: 0)
    while !reader.isAtEnd {
      let (number, wire) = try reader.field()
      switch (number, wire) {
      case (1, .fixed64): sample.value = Double(bitPattern: try reader.fixed64())
      case (2, .varint): sample.milliseconds = Int64(bitPattern: try reader.varint())
      default: try reader.skip(wire)
      }
    }
    return sample
  }

  /// The name and the value of a label.
  static func label(
    _ range: Range<Int>, in bytes: UnsafeRawBufferPointer
  ) throws(RemoteWriteDefect) -> (name: Range<Int>, value: Range<Int>) {
    var reader = ProtobufReader(bytes, range)
    let empty = range.lowerBound..<range.lowerBound
    var label = (name: empty, value: empty)
    while !reader.isAtEnd {
      let (number, wire) = try reader.field()
      switch (number, wire) {
      case (1, .bytes): label.name = try reader.range()
      case (2, .bytes): label.value = try reader.range()
      default: try reader.skip(wire)
      }
    }
    return label
  }
}
