import Foundation
import Testing

@testable import Storage

@Suite("Chunks")
struct ChunkTests {
  private func decoded(_ bytes: [UInt8]) throws -> [Section] {
    try bytes.withUnsafeBytes { try ChunkCodec.decode($0) }
  }

  @Test("Any section is read back: times exactly, values within 1e-8", arguments: 0..<200)
  func roundTrip(seed: Int) throws {
    var generator = SeededGenerator(seed: UInt64(seed))
    let aggregated = Bool.random(using: &generator)
    let unit = [1, 5, 15, 60, 300, 3600].randomElement(using: &generator) ?? 1
    let width = aggregated ? Int64(unit) * Int64.random(in: 2...20, using: &generator) : Int64(unit)
    var section = Section(
      width: width, unit: Int64(unit), kept: .random(using: &generator), aggregated: aggregated)
    var time = Int64.random(in: 1...253_402_300_000, using: &generator)
    let kind = Int.random(in: 0..<5, using: &generator)
    for _ in 0..<Int.random(in: 1...500, using: &generator) {
      section.times.append(time)
      time += width * (Int.random(in: 0..<9, using: &generator) == 0 ? 7 : 1)
      let value: Double =
        switch kind {
        case 0: Double(Int.random(in: 0...5000, using: &generator)) / Double(unit)
        case 1: Double.random(in: 0...1e12, using: &generator)
        case 2: 0
        case 3: Double(Int.random(in: 0...99_999, using: &generator)) / 1000
        default:
          Double(
            sign: .plus, exponent: .random(in: -300...39, using: &generator),
            significand: .random(in: 1..<2, using: &generator))
        }
      section.values.append(value)
      section.aggregate?.seconds.append(.random(in: 1...20, using: &generator))
      section.aggregate?.maxima.append(value * 2)
    }
    let back = try #require(try decoded(ChunkCodec.encode([section])).first)
    #expect(back.times == section.times, "seed \(seed)")
    #expect(back.isLike(section), "seed \(seed)")
    #expect(back.aggregate?.seconds == section.aggregate?.seconds, "seed \(seed)")
    for (stored, given) in zip(back.values, section.values) {
      #expect(ValueColumn.isSame(stored, given), "seed \(seed): \(given) came back as \(stored)")
    }
    // Storing what was read back changes nothing more.
    #expect(try decoded(ChunkCodec.encode([back])) == [back], "seed \(seed)")
  }

  @Test("A rate that is a count per minute takes a byte or two, an even grid none")
  func countsAreSmall() {
    var section = Section(width: 60, unit: 60, kept: false)
    for index in 0..<1440 {
      section.times.append(1_795_392_000 + Int64(index) * 60)
      // As a trace prints it: nine digits.
      let count = Double(60 + index * 37 % 200)
      section.values.append((count / 60 * 1e8).rounded() / 1e8)
    }
    #expect(ChunkCodec.encode([section]).count < 1440 + 120)
  }

  @Test("F-33: any flipped bit and any cut is found", arguments: 0..<50)
  func damage(seed: Int) throws {
    var generator = SeededGenerator(seed: UInt64(seed))
    var section = Section(width: 15, unit: 15, kept: false)
    for index in 0..<Int.random(in: 1...100, using: &generator) {
      section.times.append(1_795_392_000 + Int64(index) * 15)
      section.values.append(.random(in: 0...100, using: &generator))
    }
    let bytes = ChunkCodec.encode([section])
    var flipped = bytes
    let bit = Int.random(in: 0..<bytes.count * 8, using: &generator)
    flipped[bit / 8] ^= 1 << (bit % 8)
    #expect(throws: DamagedBlob.self, "seed \(seed), bit \(bit)") { try decoded(flipped) }
    let cut = Array(bytes.prefix(.random(in: 0..<bytes.count, using: &generator)))
    #expect(throws: DamagedBlob.self, "seed \(seed), cut to \(cut.count)") { try decoded(cut) }
  }

  @Test("F-33: bytes with a right checksum and wrong content are refused, not trapped on")
  func nonsense() {
    for seed in 0..<2000 {
      var generator = SeededGenerator(seed: UInt64(seed))
      var writer = BlobWriter(capacity: 64)
      writer.byte(1)
      for _ in 0..<Int.random(in: 0..<60, using: &generator) {
        writer.byte(
          seed % 2 == 0
            ? .random(in: 0...255, using: &generator) : .random(in: 0...3, using: &generator))
      }
      let bytes = writer.sealed()
      _ = try? decoded(bytes)
      _ = try? bytes.withUnsafeBytes { try BatchCodec.decode($0) }
    }
  }

  @Test("F-33: times out of order, too many points and impossible scales are refused")
  func impossible() throws {
    var section = Section(width: 15, unit: 15, kept: false)
    section.times = [1_795_392_000, 1_795_391_000]
    section.values = [1, 2]
    #expect(throws: DamagedBlob.self) { try decoded(ChunkCodec.encode([section])) }
    section.times = [1_795_392_000, 1_795_392_000]
    #expect(throws: DamagedBlob.self) { try decoded(ChunkCodec.encode([section])) }
    section.times = [1_795_392_000, 253_402_300_800]
    #expect(throws: DamagedBlob.self) { try decoded(ChunkCodec.encode([section])) }
    var many = Section(width: 1, unit: 1, kept: false)
    many.times = (0..<1_000_001).map { 1_795_392_000 + $0 }
    many.values = many.times.map { _ in 1 }
    #expect(throws: DamagedBlob.self) { try decoded(ChunkCodec.encode([many, many])) }
  }

  @Test("The fuzzing corpus of chunks is read without a trap, and written again as it was")
  func corpus() throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("Fuzz/corpus/chunks")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    #expect(!names.isEmpty)
    var known = 0
    for name in names {
      var writer = BlobWriter(capacity: 64)
      for byte in try Data(contentsOf: folder.appendingPathComponent(name)) { writer.byte(byte) }
      let blob = writer.sealed()
      if let sections = try? decoded(blob), !sections.isEmpty {
        known += 1
        #expect(try decoded(ChunkCodec.encode(sections)).count == sections.count, "\(name)")
      }
      if let batch = try? blob.withUnsafeBytes({ try BatchCodec.decode($0) }) {
        known += 1
        let again = try BatchCodec.encode(batch, unit: 60).withUnsafeBytes {
          try BatchCodec.decode($0)
        }
        #expect(again == batch, "\(name)")
      }
    }
    #expect(known >= 3)
  }

  @Test("A batch is read back to the bit, whatever its values are", arguments: 0..<60)
  func batches(seed: Int) throws {
    var generator = SeededGenerator(seed: UInt64(seed))
    var batch = Batch()
    for index in 0..<Int.random(in: 1...300, using: &generator) {
      let count = Double(Int.random(in: 0...90_000, using: &generator))
      let value =
        switch seed % 4 {
        case 0: count / 15
        case 1: count / 100
        case 2: Double.random(in: 0...1e12, using: &generator)
        // One that no scale reads back, behind many that the first one does.
        default: index == 280 ? count + 1e-9 : count
        }
      batch.append(
        series: seed % 2 == 0 ? Int64(index) : .random(in: 1...9, using: &generator),
        Point(time: .random(in: 1...253_402_300_000, using: &generator), value: value))
    }
    let blob = BatchCodec.encode(batch, unit: 15)
    #expect(try blob.withUnsafeBytes { try BatchCodec.decode($0) } == batch, "seed \(seed)")
  }

  @Test("A batch of rates that are counts over their interval takes little more than the counts")
  func shortBatch() throws {
    var batch = Batch()
    for index in 0..<1000 as Range<Int64> {
      batch.append(series: index, Point(time: 1_795_392_000, value: Double(index % 200) / 15))
    }
    #expect(BatchCodec.encode(batch, unit: 15).count < 1000 + 120)
  }

  @Test("A batch of the first version, eight bytes per value, is still read")
  func oldBatch() throws {
    var writer = BlobWriter(capacity: 64)
    writer.byte(1)
    writer.integer(UInt32(2))
    IntegerColumn.write([7, 9], isEven: true, to: &writer)
    IntegerColumn.write([60, 75], isEven: true, to: &writer)
    writer.doubles([1.5, 0.1])
    let batch = try writer.sealed().withUnsafeBytes { try BatchCodec.decode($0) }
    #expect(batch == Batch(series: [7, 9], times: [60, 75], values: [1.5, 0.1]))
  }

  @Test("An integer column is read back, however wide and uneven it is", arguments: 0..<65)
  func integers(width: Int) throws {
    var generator = SeededGenerator(seed: UInt64(width))
    let largest = width == 0 ? 0 : Int64(bitPattern: UInt64.max >> UInt64(64 - min(width, 62)))
    for count in [1, 2, 3, 63, 64, 65, 300] {
      let values = (0..<count).map { index in
        index % 100 == 99 ? 0 : Int64.random(in: 0...largest, using: &generator) / 3 * 3
      }
      for isEven in [false, true] {
        var writer = BlobWriter(capacity: 64)
        IntegerColumn.write(values, isEven: isEven, to: &writer)
        let back = try writer.sealed().withUnsafeBytes { bytes in
          var reader = try BlobReader(bytes)
          let back = try IntegerColumn.read(count: count, from: &reader)
          #expect(reader.isAtEnd)
          return back
        }
        #expect(back == values, "\(count) values, even \(isEven)")
      }
    }
  }

  @Test("A key packs tier, window and series without overlap, in time order within a tier")
  func keys() {
    let old = ChunkKey(tier: .raw, window: 1, series: 4_294_967_295)
    let new = ChunkKey(tier: .raw, window: 2, series: 1)
    let coarse = ChunkKey(tier: .quarterHour, window: 70_389_527, series: 1)
    #expect(old.packed < new.packed)
    #expect(new.packed < coarse.packed)
    #expect(coarse.packed >> 60 == 3)
    #expect(coarse.packed >> 32 & 0xFFF_FFFF == 70_389_527)
    for tier in Tier.allCases {
      if let coarser = tier.coarser { #expect(coarser.window % tier.window == 0) }
    }
  }
}
