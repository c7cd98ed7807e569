/// The 32-bit checksum at the end of every blob: eight bytes at a time, each word mixed in by an
/// odd multiplier and a rotation, so that any single flipped bit changes the result.
enum Checksum {
  static func of(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
    var state: UInt64 = 0x9E37_79B9_7F4A_7C15 ^ UInt64(bytes.count)
    var offset = 0
    while offset + 8 <= bytes.count {
      let word = bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self).littleEndian
      state = mixed(state ^ word)
      offset += 8
    }
    var rest: UInt64 = 0
    while offset < bytes.count {
      rest = rest << 8 | UInt64(bytes[offset])
      offset += 1
    }
    state = mixed(state ^ rest)
    return UInt32(truncatingIfNeeded: state ^ state >> 32)
  }

  private static func mixed(_ word: UInt64) -> UInt64 {
    let product = word &* 0xD6E8_FEB8_6659_FD93
    return product << 29 | product >> 35
  }
}
