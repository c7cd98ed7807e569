/// Snappy's block format: a varint with the length, then literals and copies of what is already
/// there. Reference: `format_description.txt` of Google's Snappy.
enum SnappyBlock {
  /// The longest copy takes three bytes for 64, so no honest body is longer than this many times its
  /// compressed form.
  private static let mostGrowth = 22

  /// The decompressed bytes. Nothing is allocated before the announced length was found possible.
  ///
  /// - Parameter limit: The longest result.
  /// - Throws: for a body that announces more than `limit` or more than its length can hold, that ends
  ///   early or late, or copies from before its start.
  static func decoded(
    _ bytes: UnsafeRawBufferPointer, limit: Int
  ) throws(RemoteWriteDefect) -> [UInt8] {
    let (length, start) = try announced(by: bytes)
    guard length <= limit else {
      throw RemoteWriteDefect("more than \(limit) bytes decompressed", at: 0)
    }
    guard length <= bytes.count * mostGrowth else {
      throw RemoteWriteDefect("\(length) bytes are announced and cannot be there", at: 0)
    }
    var defect: RemoteWriteDefect?
    let result = [UInt8](unsafeUninitializedCapacity: length) { buffer, count in
      let output = UnsafeMutableRawBufferPointer(buffer)
      do throws(RemoteWriteDefect) {
        try decode(bytes, from: start, into: output, length: length)
        count = length
      } catch {
        defect = error
        count = 0
      }
    }
    if let defect { throw defect }
    return result
  }

  /// The length after decompression, and where the block's elements start.
  static func announced(
    by bytes: UnsafeRawBufferPointer
  ) throws(RemoteWriteDefect) -> (length: Int, start: Int) {
    var length = 0
    for index in 0..<min(5, bytes.count) {
      length |= Int(bytes[index] & 0x7F) << (7 * index)
      if bytes[index] & 0x80 == 0 { return (length, index + 1) }
    }
    throw RemoteWriteDefect("the announced length has no end", at: 0)
  }

  private static func decode(
    _ bytes: UnsafeRawBufferPointer, from start: Int, into output: UnsafeMutableRawBufferPointer,
    length: Int
  ) throws(RemoteWriteDefect) {
    var position = start
    var filled = 0
    while position < bytes.count {
      let tag = Int(bytes[position])
      let extra = extraBytes(of: tag)
      guard bytes.count - position > extra else {
        throw RemoteWriteDefect("the block ends within a tag", at: position)
      }
      var number = 0
      for index in 0..<extra { number |= Int(bytes[position + 1 + index]) << (8 * index) }
      let place = position
      position += 1 + extra
      guard tag & 3 != 0 else {
        let count = (extra == 0 ? tag >> 2 : number) + 1
        guard count <= bytes.count - position, count <= length - filled else {
          throw RemoteWriteDefect("a literal is longer than what is left", at: place)
        }
        output[filled..<filled + count].copyBytes(from: bytes[position..<position + count])
        position += count
        filled += count
        continue
      }
      let isShort = tag & 3 == 1
      let count = isShort ? 4 + (tag >> 2 & 7) : 1 + tag >> 2
      let distance = isShort ? (tag >> 5) << 8 | number : number
      guard distance > 0, distance <= filled, count <= length - filled else {
        throw RemoteWriteDefect("a copy reaches outside the block", at: place)
      }
      copy(count, from: filled - distance, to: filled, in: output)
      filled += count
    }
    guard filled == length else {
      throw RemoteWriteDefect("\(filled) of \(length) bytes are there", at: position)
    }
  }

  /// Bytes after the tag: the length of a long literal or the distance of a copy.
  private static func extraBytes(of tag: Int) -> Int {
    switch tag & 3 {
    case 0: tag >> 2 < 60 ? 0 : tag >> 2 - 59
    case 1: 1
    case 2: 2
    default: 4
    }
  }

  /// A copy may overlap what it writes: then it repeats.
  private static func copy(
    _ count: Int, from source: Int, to target: Int, in output: UnsafeMutableRawBufferPointer
  ) {
    if target - source >= count {
      let bytes = UnsafeRawBufferPointer(rebasing: output[source..<source + count])
      output[target..<target + count].copyBytes(from: bytes)
    } else {
      for index in 0..<count { output[target + index] = output[source + index] }
    }
  }
}
