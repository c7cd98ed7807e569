import Foundation
import Testing

@testable import Web

@Suite("JSON")
struct JSONTests {
  @Test("Members keep their order, numbers are short, texts are escaped")
  func writing() {
    let value: JSON = [
      "b": 1, "a": [true, nil, .number(2.5), .number(3), .number(.nan), .number(-.infinity)],
      "text": "\"\\\n\u{1}\u{2028}é",
    ]
    #expect(
      value.text
        == #"{"b":1,"a":[true,null,2.5,3,null,null],"text":"\"\\\n\u0001\u2028é"}"#)
  }

  @Test("Escapes and surrogate pairs are read")
  func strings() throws {
    var reader = JSONReader(Array(#"  "a\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00" "#.utf8))
    #expect(try reader.string() == "a\"\\/\u{8}\u{c}\n\r\té😀")
    try reader.end()
  }

  /// The reference is Foundation's parser, which is a little more lenient than RFC 8259.
  @Test("What is accepted is JSON, and nothing traps, whatever bytes come", arguments: 0..<400)
  func mutated(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var bytes = Array(
      #"{"samples":[{"service":"a","metric":"rate","value":-1.5e3,"x":[1,{"é":"\u00e9\n"}]}]}"#
        .utf8)
    for _ in 0..<(1 + random.below(4)) {
      let place = random.below(bytes.count)
      switch random.below(3) {
      case 0: bytes[place] = UInt8(random.below(256))
      case 1: bytes.remove(at: place)
      default: bytes.insert(bytes[random.below(bytes.count)], at: place)
      }
    }
    var reader = JSONReader(bytes)
    let isAccepted = (try? reader.skip()) != nil && (try? reader.end()) != nil
    if isAccepted {
      #expect(
        (try? JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)) != nil,
        "seed \(seed): \(String(decoding: bytes, as: UTF8.self))")
    }
  }

  @Test("Most single mistakes are noticed")
  func noticed() {
    let text = Array(#"{"samples":[{"a":1},{"b":[true,"c"]}]}"#.utf8)
    for index in text.indices {
      var shorter = text
      shorter.remove(at: index)
      var reader = JSONReader(shorter)
      let isAccepted = (try? reader.skip()) != nil && (try? reader.end()) != nil
      // Only letters inside strings can go without a trace.
      let isLetter = UInt8(ascii: "a")...UInt8(ascii: "z")
      if !isLetter.contains(text[index]) { #expect(!isAccepted, "without byte \(index)") }
    }
  }
}

/// Steele, Lea, Flood (2014), "Fast splittable pseudorandom number generators".
struct SplitMix64 {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func below(_ bound: Int) -> Int {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    mixed ^= mixed >> 31
    return Int(mixed % UInt64(bound))
  }
}
