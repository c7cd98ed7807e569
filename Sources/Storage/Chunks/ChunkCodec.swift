/// The blob of one chunk: sections one after the other, then a checksum. `FORMAT.md` has the bytes.
enum ChunkCodec {
  private static let version: UInt8 = 1
  private static let keptFlag: UInt8 = 1
  private static let aggregatedFlag: UInt8 = 2
  /// A window of the coarsest tier with a point every second has fewer.
  private static let mostPoints = 2_000_000
  /// The instants that the store keeps, so that no sum of a time and a width overflows.
  private static let times: ClosedRange<Int64> = 0...253_402_300_799

  /// - Precondition: no section is empty.
  static func encode(_ sections: [Section]) -> [UInt8] {
    let points = sections.reduce(0) { $0 + $1.times.count }
    var writer = BlobWriter(capacity: 64 + 4 * points)
    writer.byte(version)
    for section in sections {
      writer.byte(
        (section.kept ? keptFlag : 0) | (section.aggregate == nil ? 0 : aggregatedFlag))
      writer.integer(UInt32(clamping: section.width))
      writer.integer(UInt32(clamping: section.unit))
      writer.integer(UInt32(clamping: section.times.count))
      IntegerColumn.write(section.times, isEven: true, to: &writer)
      ValueColumn.write(section.values, unit: section.unit, to: &writer)
      if let aggregate = section.aggregate {
        IntegerColumn.write(aggregate.seconds, isEven: true, to: &writer)
        ValueColumn.write(aggregate.maxima, unit: section.unit, to: &writer)
      }
    }
    return writer.sealed()
  }

  static func decode(_ bytes: UnsafeRawBufferPointer) throws(DamagedBlob) -> [Section] {
    var reader = try BlobReader(bytes)
    let version = try reader.byte()
    guard version == Self.version else { throw DamagedBlob("chunk version \(version)") }
    var sections: [Section] = []
    var points = 0
    while !reader.isAtEnd {
      let flags = try reader.byte()
      let width = Int64(try reader.integer(UInt32.self))
      let unit = Int64(try reader.integer(UInt32.self))
      let count = Int(try reader.integer(UInt32.self))
      // A constant column takes no bytes per point, so the blob's length does not bound the count.
      points += count
      guard width > 0, unit > 0, count > 0, points <= mostPoints else {
        throw DamagedBlob("a section of \(count) points, width \(width), unit \(unit)")
      }
      var section = Section(width: width, unit: unit, kept: flags & keptFlag != 0)
      section.times = try IntegerColumn.read(count: count, from: &reader)
      guard times.contains(section.times[0]), times.contains(section.times[count - 1]),
        section.times.isAscending
      else { throw DamagedBlob("times out of order") }
      section.values = try ValueColumn.read(count: count, from: &reader)
      if flags & aggregatedFlag != 0 {
        let seconds = try IntegerColumn.read(count: count, from: &reader)
        let maxima = try ValueColumn.read(count: count, from: &reader)
        guard seconds.allSatisfy({ $0 > 0 }) else { throw DamagedBlob("a point of nothing") }
        section.aggregate = .init(seconds: seconds, maxima: maxima)
      }
      sections.append(section)
    }
    return sections
  }
}
