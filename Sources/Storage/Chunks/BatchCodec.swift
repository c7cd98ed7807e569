/// The blob of one batch: version, count, the series and the times as integer columns, the values
/// as a value column that gives back every bit, a checksum.
enum BatchCodec {
  private static let version: UInt8 = 2
  /// Had eight bytes per value instead of the value column.
  private static let plainVersion: UInt8 = 1
  /// A constant column takes no bytes per sample, so the blob's length does not bound the count.
  static let mostSamples = 4_000_000

  /// - Parameter unit: seconds between samples; values that are counts over them become short.
  /// - Precondition: not empty, at most `mostSamples`.
  static func encode(_ batch: Batch, unit: Int64) -> [UInt8] {
    var writer = BlobWriter(capacity: 64 + 10 * batch.count)
    writer.byte(version)
    writer.integer(UInt32(clamping: batch.count))
    IntegerColumn.write(batch.series, isEven: true, to: &writer)
    IntegerColumn.write(batch.times, isEven: true, to: &writer)
    ValueColumn.write(batch.values, unit: unit, tolerance: 0, to: &writer)
    return writer.sealed()
  }

  static func decode(_ bytes: UnsafeRawBufferPointer) throws(DamagedBlob) -> Batch {
    var reader = try BlobReader(bytes)
    let version = try reader.byte()
    guard version == Self.version || version == plainVersion else {
      throw DamagedBlob("batch version \(version)")
    }
    let count = Int(try reader.integer(UInt32.self))
    guard (1...mostSamples).contains(count) else { throw DamagedBlob("\(count) samples") }
    var batch = Batch()
    batch.series = try IntegerColumn.read(count: count, from: &reader)
    batch.times = try IntegerColumn.read(count: count, from: &reader)
    if version == plainVersion {
      batch.values = try reader.doubles(count: count)
      guard batch.values.allSatisfy(\.isFinite) else { throw DamagedBlob("a value is not finite") }
    } else {
      batch.values = try ValueColumn.read(count: count, from: &reader)
    }
    return batch
  }
}
