import Forecasting
import Testing

@Suite struct StateCodecTests {
  private func sample() -> [UInt8] {
    var writer = StateWriter()
    writer.write(tag: 0x41, version: 2)
    writer.write(byte: 7)
    writer.write(true)
    writer.write(-5)
    writer.write(-0.0)
    writer.write([1.5, .infinity, .nan])
    writer.write([UInt8(9), 8])
    writer.write("Köln")
    return writer.bytes
  }

  private func readSample(_ bytes: [UInt8]) throws(StateError) {
    var reader = StateReader(bytes)
    try reader.read(tag: 0x41, versions: 1...2)
    _ = try reader.readByte()
    _ = try reader.readBool()
    _ = try reader.readInt()
    _ = try reader.readDouble()
    _ = try reader.readDoubles()
    _ = try reader.readBytes()
    _ = try reader.readText()
  }

  @Test("what was written is read back to the bit")
  func roundTrip() throws {
    var reader = StateReader(sample())
    #expect(try reader.read(tag: 0x41, versions: 1...2) == 2)
    #expect(try reader.readByte() == 7)
    #expect(try reader.readBool())
    #expect(try reader.readInt() == -5)
    #expect(try reader.readDouble().sign == .minus)
    let values = try reader.readDoubles()
    #expect(values.count == 3 && values[0] == 1.5 && values[1] == .infinity && values[2].isNaN)
    #expect(try reader.readBytes() == [9, 8])
    #expect(try reader.readText() == "Köln")
    #expect(reader.remaining == 0)
  }

  @Test("the layout is little-endian and stays what it is")
  func layout() {
    var writer = StateWriter()
    writer.write(258)
    writer.write(1.0)
    #expect(writer.bytes == [2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f])
  }

  @Test("every shorter prefix is refused")
  func truncation() {
    let bytes = sample()
    for length in 0..<bytes.count {
      #expect(throws: StateError.self, "length \(length)") {
        try readSample(Array(bytes.prefix(length)))
      }
    }
  }

  @Test("random bytes never trap", arguments: UInt64(1)...20)
  func fuzz(seed: UInt64) {
    var random = Seeded(seed)
    for _ in 0..<200 {
      var bytes = sample()
      for _ in 0..<3 {
        bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(
          in: 0...255, using: &random)
      }
      _ = try? readSample(bytes)
    }
  }

  @Test("a count that the bytes cannot hold is refused and nothing is consumed")
  func count() {
    var writer = StateWriter()
    writer.write(Int.max)
    var reader = StateReader(writer.bytes)
    #expect(throws: StateError.impossibleCount(.max, at: 0)) { try reader.readDoubles() }
    #expect(reader.position == 0)
  }

  @Test("another kind, a newer layout and an odd Boolean are refused")
  func refusals() {
    var writer = StateWriter()
    writer.write(tag: 1, version: 3)
    var reader = StateReader(writer.bytes)
    #expect(throws: StateError.unexpectedByte(1, at: 0)) {
      try reader.read(tag: 2, versions: 1...3)
    }
    #expect(throws: StateError.unexpectedByte(3, at: 1)) {
      try reader.read(tag: 1, versions: 1...2)
    }
    var boolean = StateReader([2])
    #expect(throws: StateError.unexpectedByte(2, at: 0)) { try boolean.readBool() }
  }
}
