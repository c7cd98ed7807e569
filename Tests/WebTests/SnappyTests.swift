import Testing

@testable import Web

@Suite("Snappy blocks")
struct SnappyTests {
  private func decoded(_ bytes: [UInt8], limit: Int = 1 << 20) throws -> [UInt8] {
    try bytes.withUnsafeBytes { try SnappyBlock.decoded($0, limit: limit) }
  }

  /// Compressed with python-snappy 0.7.3 over cramjam 2.14.0: `snappy.compress(text).hex()`.
  @Test(
    "What another implementation compressed is read",
    arguments: [
      ("00", ""), ("010061", "a"), ("440061ee01000d01", String(repeating: "a", count: 68)),
      ("0a2461626364656162636465", "abcdeabcde"),
      ("502477696b69706564696120fe0a00090a", String(repeating: "wikipedia ", count: 8)),
      (
        "b60138736572766963653d2277656230222c2e0f000031360f000032360f000033360f000034360f00003536"
          + "0f000036360f000037360f000038360f000039360f0000313e97000831222c",
        (0..<12).map { "service=\"web\($0)\"," }.joined()
      ),
    ])
  func vectors(hex: String, text: String) throws {
    #expect(String(decoding: try decoded(Self.bytes(hex)), as: UTF8.self) == text)
  }

  @Test("Literals of any length of length are read", arguments: [1, 60, 61, 256, 257, 65_537])
  func literals(count: Int) throws {
    let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    var block = RemoteWriteSender.varint(UInt64(count))
    let length = count - 1
    let size = length < 60 ? 0 : length < 256 ? 1 : length < 65_536 ? 2 : 3
    block.append(UInt8((size == 0 ? length : 59 + size) << 2))
    for byte in 0..<size { block.append(UInt8(truncatingIfNeeded: length >> (8 * byte))) }
    #expect(try decoded(block + bytes) == bytes)
  }

  @Test(
    "F-08: what cannot be a block is refused before anything is allocated for it",
    arguments: [
      "",  // nothing
      "ffffffffff01",  // a length without an end
      "ffffffff0f" + "00",  // 4 GiB announced by six bytes
      "808004" + "0061",  // 64 KiB announced by five
      "0500",  // ends within a literal
      "05" + "10616263",  // a literal longer than the rest
      "02" + "1061626364" + "65",  // a literal longer than announced
      "08" + "0c61626364" + "0105",  // a copy from before the start
      "08" + "0c61626364" + "0100",  // a copy from itself
      "05" + "0c61626364" + "0104",  // a copy longer than announced
      "09" + "0c61626364",  // shorter than announced
      "08" + "0c61626364" + "03040000",  // ends within a distance
    ])
  func damaged(hex: String) {
    #expect(throws: RemoteWriteDefect.self) { try decoded(Self.bytes(hex)) }
  }

  @Test("F-08: more than the limit is refused by what it announces")
  func limit() {
    let block = RemoteWriteSender.literals([UInt8](repeating: 1, count: 1001))
    #expect(throws: RemoteWriteDefect("more than 1000 bytes decompressed", at: 0)) {
      try decoded(block, limit: 1000)
    }
  }

  static func bytes(_ hex: String) -> [UInt8] {
    stride(from: 0, to: hex.count, by: 2).compactMap { offset in
      let start = hex.index(hex.startIndex, offsetBy: offset)
      return UInt8(hex[start..<hex.index(start, offsetBy: 2)], radix: 16)
    }
  }
}
