/// A sample as it was acknowledged, before it is sealed into a chunk.
struct BatchSample: Equatable, Sendable {
  var series: Int64
  var time: Int64
  var value: Double
}

/// The blob of one batch: version, count, the series and the times as integer columns, the values
/// as they are, a checksum.
enum BatchCodec {
  private static let version: UInt8 = 1

  /// - Precondition: not empty.
  static func encode(_ batch: [BatchSample]) -> [UInt8] {
    var writer = BlobWriter(capacity: 64 + 12 * batch.count)
    writer.byte(version)
    writer.integer(UInt32(clamping: batch.count))
    IntegerColumn.write(batch.map(\.series), isEven: true, to: &writer)
    IntegerColumn.write(batch.map(\.time), isEven: true, to: &writer)
    writer.doubles(batch.map(\.value))
    return writer.sealed()
  }

  static func decode(_ bytes: UnsafeRawBufferPointer) throws(DamagedBlob) -> [BatchSample] {
    var reader = try BlobReader(bytes)
    let version = try reader.byte()
    guard version == Self.version else { throw DamagedBlob("batch version \(version)") }
    let count = Int(try reader.integer(UInt32.self))
    guard count > 0, count <= bytes.count / 8 else { throw DamagedBlob("\(count) samples") }
    let series = try IntegerColumn.read(count: count, from: &reader)
    let times = try IntegerColumn.read(count: count, from: &reader)
    let values = try reader.doubles(count: count)
    guard values.allSatisfy(\.isFinite) else { throw DamagedBlob("a value is not finite") }
    return (0..<count).map { index in
      BatchSample(series: series[index], time: times[index], value: values[index])
    }
  }
}
