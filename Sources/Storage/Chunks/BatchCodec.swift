/// Samples as they were acknowledged, in the order taken, before they are sealed into chunks.
struct Batch: Equatable, Sendable {
  var series: [Int64] = []
  var times: [Int64] = []
  var values: [Double] = []

  init(capacity: Int = 0) {
    series.reserveCapacity(capacity)
    times.reserveCapacity(capacity)
    values.reserveCapacity(capacity)
  }

  var count: Int { times.count }

  mutating func append(series id: Int64, time: Int64, value: Double) {
    series.append(id)
    times.append(time)
    values.append(value)
  }
}

/// The blob of one batch: version, count, the series and the times as integer columns, the values
/// as they are, a checksum.
enum BatchCodec {
  private static let version: UInt8 = 1

  /// - Precondition: not empty.
  static func encode(_ batch: Batch) -> [UInt8] {
    var writer = BlobWriter(capacity: 64 + 12 * batch.count)
    writer.byte(version)
    writer.integer(UInt32(clamping: batch.count))
    IntegerColumn.write(batch.series, to: &writer)
    IntegerColumn.write(batch.times, to: &writer)
    writer.doubles(batch.values)
    return writer.sealed()
  }

  static func decode(_ bytes: UnsafeRawBufferPointer) throws(DamagedBlob) -> Batch {
    var reader = try BlobReader(bytes)
    let version = try reader.byte()
    guard version == Self.version else { throw DamagedBlob("batch version \(version)") }
    let count = Int(try reader.integer(UInt32.self))
    guard count > 0, count <= bytes.count / 8 else { throw DamagedBlob("\(count) samples") }
    var batch = Batch()
    batch.series = try IntegerColumn.read(count: count, from: &reader)
    batch.times = try IntegerColumn.read(count: count, from: &reader)
    batch.values = try reader.doubles(count: count)
    guard batch.values.allSatisfy(\.isFinite) else { throw DamagedBlob("a value is not finite") }
    return batch
  }
}
